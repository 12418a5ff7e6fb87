package listener

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"github.com/pires/go-proxyproto"
	"github.com/pires/go-proxyproto/tlvparse"
)

// Limits of https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt: a
// header of version 1 has at most 107 bytes; one of version 2 may have 65535,
// of which nobody uses more than a certificate's worth.
const (
	v1Max    = 107
	v2Prefix = 16
	v2Max    = v2Prefix + 4096
)

var v1Signature = []byte("PROXY ")

// readProxy reads the PROXY header, which is believed: the caller has checked
// the peer. Other bytes stay in s.
//
// On a listener that does not require a header, clients that do not come
// through the proxy are recognised by their first byte. One that sends nothing
// is handed over when the handshake's time is up.
func (h *handshake) readProxy(s *socket) error {
	required := h.l.o.ProxyRequired
	header, rest, err := readHeader(s)
	s.rest = rest
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded) && len(rest) == 0 && !required:
		return nil
	case err != nil:
		return fmt.Errorf("PROXY header: %w", err)
	case header == nil && required:
		return errors.New("there is no PROXY header, which the listener requires")
	case header == nil || header.Command.IsLocal():
		return nil // a local command is the proxy itself, asking whether we live
	}
	switch a := header.SourceAddr.(type) {
	case *net.TCPAddr:
		remote := addrPort(a)
		if ip := remote.Addr(); !ip.IsValid() || ip.IsUnspecified() || ip.IsMulticast() {
			return fmt.Errorf("PROXY header: no client can have the address %s", ip)
		}
		h.c.Remote, h.c.Proxied = remote, true
	case *net.UnixAddr: // the client is on the proxy's machine: the peer's address is as good
	default:
		return fmt.Errorf("PROXY header: %s is no stream", header.SourceAddr.Network())
	}
	// What was encrypted up to the proxy is secure only if the rest of the way
	// cannot be listened to either.
	h.c.Secure = h.nearby && saysTLS(header)
	return nil
}

func saysTLS(header *proxyproto.Header) bool {
	tlvs, err := header.TLVs()
	if err != nil {
		return false
	}
	ssl, ok := tlvparse.FindSSL(tlvs)
	return ok && ssl.ClientSSL()
}

// readHeader reads from r until it is clear that there is no PROXY header (nil),
// or until there is one. rest is what was read beyond it. A header may arrive in
// pieces.
func readHeader(r io.Reader) (header *proxyproto.Header, rest []byte, err error) {
	b := make([]byte, 0, 256)
	for {
		size, err := headerSize(b)
		switch {
		case err != nil:
			return nil, b, err
		case size == 0:
			return nil, b, nil
		case size <= len(b):
			header, err = proxyproto.Read(bufio.NewReaderSize(bytes.NewReader(b[:size]), size))
			return header, b[size:], err
		}
		if size > cap(b) {
			b = append(make([]byte, 0, size), b...)
		}
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if n == 0 && err != nil {
			return nil, b, err
		}
	}
}

// headerSize returns how long the header is that b begins with, more than len(b)
// while that cannot be known yet, or 0 if b begins with something else.
func headerSize(b []byte) (int, error) {
	more := len(b) + 1
	switch {
	case begins(b, v1Signature):
		if i := bytes.IndexByte(b[:min(len(b), v1Max)], '\n'); i >= 0 {
			return i + 1, nil
		}
		if len(b) >= v1Max {
			return 0, errors.New("the line is longer than 107 bytes")
		}
		return more, nil
	case begins(b, proxyproto.SIGV2):
		if len(b) < v2Prefix {
			return more, nil
		}
		size := v2Prefix + int(binary.BigEndian.Uint16(b[v2Prefix-2:]))
		if size > v2Max {
			return 0, fmt.Errorf("a length of %d bytes is too much", size)
		}
		return size, nil
	}
	return 0, nil
}

// begins says whether b begins with the signature, or may when it is longer.
func begins(b, signature []byte) bool {
	n := min(len(b), len(signature))
	return bytes.Equal(b[:n], signature[:n])
}
