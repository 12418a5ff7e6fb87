package listener

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"

	"github.com/coder/websocket"
)

// The subprotocols of https://ircv3.net/specs/extensions/websocket.
const (
	TextProtocol   = "text.ircv3.net"
	BinaryProtocol = "binary.ircv3.net"
)

// requestBytes bounds an HTTP request: browsers with many cookies send 4 KiB.
const requestBytes = 8 << 10

var requestReaders = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, 4<<10) }}

const hint = "This port is for IRC over WebSocket, see https://ircv3.net/specs/extensions/websocket.\n" +
	"Enter this address in a web client for IRC; a browser's address bar has no use for it.\n"

// upgrade reads the one HTTP request of the connection and makes it a WebSocket.
// (net/http's server would keep a goroutine, two buffers of 4 KiB and the
// request for as long as the client is connected.)
func (h *handshake) upgrade(forwarded bool) error {
	br := requestReaders.Get().(*bufio.Reader)
	limited := &io.LimitedReader{R: h.c.Conn, N: requestBytes}
	br.Reset(limited)
	defer func() {
		br.Reset(nil)
		requestReaders.Put(br)
	}()
	w := &response{header: http.Header{}}
	r, err := http.ReadRequest(br)
	if err != nil {
		var ne net.Error
		switch {
		case limited.N == 0:
			return h.deny(w, http.StatusRequestHeaderFieldsTooLarge, "The request is longer than 8 KiB.\n")
		case errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) || errors.As(err, &ne):
			return err
		}
		return h.deny(w, http.StatusBadRequest, hint)
	}
	if code, text := h.check(r); code != 0 {
		w.header.Set("Upgrade", "websocket")
		return h.deny(w, code, text)
	}
	if forwarded {
		h.readForwarded(r.Header)
		if err := h.ask(); err != nil {
			return h.deny(w, http.StatusServiceUnavailable, err.Error()+"\n")
		}
	}
	rest, _ := br.Peek(br.Buffered())
	return h.accept(w, r, bytes.Clone(rest))
}

// check returns an HTTP error for requests that are answered without asking the
// WebSocket library.
func (h *handshake) check(r *http.Request) (code int, text string) {
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		return http.StatusUpgradeRequired, hint
	}
	if r.Host == "" {
		return http.StatusBadRequest, "The request has no Host.\n"
	}
	if !h.l.o.allows(r.Header.Values("Origin")) {
		return http.StatusForbidden, "Web pages of this origin may not connect; the operator of the server can allow it.\n"
	}
	return 0, ""
}

func (h *handshake) accept(w *response, r *http.Request, rest []byte) error {
	protocol := subprotocol(r.Header)
	f := newFrames(h.c.Conn, rest, h.l.o.MaxLine)
	w.frames = f
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols:       []string{protocol},
		InsecureSkipVerify: true, // check has compared the origin, more strictly
		OnPingReceived:     f.ping,
		OnPongReceived:     f.pong,
	})
	if err != nil {
		return h.finish(w, err)
	}
	h.c.WebSocket = protocol
	if protocol == "" {
		// Any client can read text; what it sends may be either.
		h.c.WebSocket = TextProtocol
	}
	h.c.Conn = newWebSocket(ws, f, h.c.WebSocket == TextProtocol, h.l.lines)
	return nil
}

// subprotocol returns the first of the client's subprotocols that is known: the
// order of preference is the client's, while the library's is the server's.
func subprotocol(header http.Header) string {
	for _, v := range header.Values("Sec-WebSocket-Protocol") {
		for p := range strings.SplitSeq(v, ",") {
			for _, known := range []string{TextProtocol, BinaryProtocol} {
				if strings.EqualFold(strings.TrimSpace(p), known) {
					return known
				}
			}
		}
	}
	return ""
}

// deny answers with a text and returns it as an error.
func (h *handshake) deny(w *response, code int, text string) error {
	w.header.Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(code)
	io.WriteString(w, text)
	return h.finish(w, fmt.Errorf("HTTP %d: %s", code, strings.TrimSpace(text)))
}

// finish sends a response that is not an upgrade. It returns err.
func (h *handshake) finish(w *response, err error) error {
	_, e := h.c.Conn.Write(w.b.Bytes())
	h.told = e == nil
	return err
}

// A response is the http.ResponseWriter of the one response a connection gets.
type response struct {
	header http.Header
	b      bytes.Buffer
	wrote  bool
	frames *frames // takes over after status 101
}

func (w *response) Header() http.Header { return w.header }

func (w *response) WriteHeader(code int) {
	if w.wrote {
		return
	}
	w.wrote = true
	if code != http.StatusSwitchingProtocols {
		w.header.Set("Connection", "close")
	}
	fmt.Fprintf(&w.b, "HTTP/1.1 %d %s\r\n", code, http.StatusText(code))
	w.header.Write(&w.b)
	w.b.WriteString("\r\n")
}

func (w *response) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.b.Write(p)
}

// Hijack implements http.Hijacker. The library keeps the buffers it is given, so
// it is given small ones.
func (w *response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if _, err := w.frames.Write(w.b.Bytes()); err != nil {
		return nil, nil, err
	}
	return w.frames, bufio.NewReadWriter(w.frames.br, bufio.NewWriterSize(w.frames, controlFrame)), nil
}
