package listener

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/coder/websocket"
)

// readMessage reads to the end of the message; b has room for one byte more than
// the library lets through.
func readMessage(r io.Reader, b []byte) (n int, err error) {
	for {
		m, err := r.Read(b[n:])
		n += m
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}

// A refusal ends the connection with a status of
// https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1.
type refusal struct {
	code   websocket.StatusCode
	reason string // at most 123 bytes
}

func (r refusal) Error() string {
	return fmt.Sprintf("WebSocket closed with %d: %s", int(r.code), r.reason)
}

// lineOf returns the line that a message is. It should not have a line end, and some clients
// send one all the same; what it means is clear as long as nothing follows.
// https://ircv3.net/specs/extensions/websocket
func lineOf(b []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
}

func checkMessage(b []byte, kind websocket.MessageType) error {
	if bytes.ContainsAny(b, "\r\n\x00") {
		return refusal{websocket.StatusPolicyViolation, "a message is one line and holds no CR, LF or NUL"}
	}
	if kind == websocket.MessageText && !utf8.Valid(b) {
		return refusal{websocket.StatusInvalidFramePayloadData, "a text message must be UTF-8"}
	}
	return nil
}
