package sasl

import (
	"bytes"
	"encoding/base64"
	"fmt"
)

// A Framer puts together what a client sends in several AUTHENTICATE commands, in
// chunks of 400 bytes of base64 of which the last is shorter.
type Framer struct{ text []byte }

const (
	chunk   = 400      // bytes
	maxText = 16 << 10 // bytes of base64 in one message
)

// Feed takes a parameter. When the message is complete, it returns the data. The
// errors are ErrAborted for "*", ErrTooLong for a chunk of more than 400 bytes,
// and ErrFailed for a message that is too long or not base64; after each of them
// the Framer is empty.
func (f *Framer) Feed(param string) (data []byte, complete bool, err error) {
	text := f.text
	f.text = nil
	switch {
	case param == "*":
		return nil, false, ErrAborted
	case len(param) > chunk:
		return nil, false, ErrTooLong
	case len(text)+len(param) > maxText:
		return nil, false, fmt.Errorf("%w: the message is longer than %d bytes", ErrFailed, maxText)
	}
	if param != "+" {
		text = append(text, param...)
	}
	if len(param) == chunk {
		f.text = text
		return nil, false, nil
	}
	data = make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Strict().Decode(data, text)
	if err != nil || bytes.ContainsAny(text, "\r\n") { // which the decoder skips
		return nil, false, fmt.Errorf("%w: that is not base64", ErrFailed)
	}
	return data[:n], true, nil
}

// Encode returns the parameters of the AUTHENTICATE commands that send data.
func Encode(data []byte) (params []string) {
	text := base64.StdEncoding.EncodeToString(data)
	for len(text) >= chunk {
		params = append(params, text[:chunk])
		text = text[chunk:]
	}
	if text == "" {
		text = "+"
	}
	return append(params, text)
}
