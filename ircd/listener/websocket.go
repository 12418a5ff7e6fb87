package listener

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"
)

// A webSocket makes a net.Conn of a WebSocket, per
// https://ircv3.net/specs/extensions/websocket: a message is a line without
// CR LF. What is read has them added; what is written is lines, which leave as a
// message each.
//
// Messages are refused, and the connection with them, if they hold CR, LF or
// NUL or are longer than Options.MaxLine; text messages also if they are not
// UTF-8. Whether a message is text or binary does not otherwise matter, so that
// text clients can send what the server's own rules about UTF-8 decide.
type webSocket struct {
	net.Conn // below
	ws       *websocket.Conn
	frames   *frames
	kind     websocket.MessageType // of what is sent
	pool     *sync.Pool            // of *[]byte for a message with CR LF

	line   *[]byte // the message being delivered, nil when idle
	unread []byte  // what is left of it
	err    error   // ended reading

	mu   sync.Mutex // guards what follows, and keeps the lines of writers apart
	tail []byte     // start of a line whose end has not been written
	bye  sync.Once
	over atomic.Bool // after a close frame nothing may be sent
}

// tailMax bounds the start of a line; servers' lines have 8191 bytes of tags and
// 512 of message, batches of them are lines of their own.
const tailMax = 64 << 10

func newWebSocket(ws *websocket.Conn, f *frames, text bool, pool *sync.Pool) *webSocket {
	ws.SetReadLimit(int64(f.max))
	w := &webSocket{Conn: f.Conn, ws: ws, frames: f, kind: websocket.MessageBinary, pool: pool}
	if text {
		w.kind = websocket.MessageText
	}
	return w
}

// SetWriteDeadline implements net.Conn.
func (w *webSocket) SetWriteDeadline(t time.Time) error { return w.frames.SetWriteDeadline(t) }

// SetDeadline implements net.Conn.
func (w *webSocket) SetDeadline(t time.Time) error { return w.frames.SetDeadline(t) }

// NetConn returns the transport below.
func (w *webSocket) NetConn() net.Conn { return w.Conn }

// Read implements net.Conn. A deadline that passes between messages can be
// renewed; one that passes within a message ends the connection.
func (w *webSocket) Read(p []byte) (int, error) {
	if err := w.wait(); err != nil {
		return 0, err
	}
	n := copy(p, w.unread)
	if w.unread = w.unread[n:]; len(w.unread) == 0 {
		w.pool.Put(w.line)
		w.line, w.unread = nil, nil
	}
	return n, nil
}

// Idle waits until a frame begins, or until the deadline. Only then can reading go on
// after a deadline.
func (w *webSocket) Idle() error {
	if len(w.unread) > 0 || w.err != nil {
		return nil // ReadPooled does not wait
	}
	_, err := w.frames.br.Peek(1)
	if w.frames.between && errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	return nil // ReadPooled meets it again
}

// ReadPooled is Conn.ReadPooled.
func (w *webSocket) ReadPooled(pool *sync.Pool) (*[]byte, int, error) {
	if err := w.wait(); err != nil {
		return nil, 0, err
	}
	buf := pool.Get().(*[]byte)
	n, err := w.Read(*buf)
	return buf, n, err
}

// wait returns when there is something unread. It holds no buffer until a frame
// arrives.
func (w *webSocket) wait() error {
	for len(w.unread) == 0 {
		if w.err != nil {
			return w.err
		}
		err := w.next()
		switch {
		case err == nil:
		case w.frames.between && errors.Is(err, os.ErrDeadlineExceeded):
			return err
		default:
			w.err = w.fail(err)
		}
	}
	return nil
}

// next reads a message, unless it is empty.
func (w *webSocket) next() error {
	if _, err := w.frames.br.Peek(1); err != nil {
		return err
	}
	kind, r, err := w.ws.Reader(background)
	if err != nil {
		return err
	}
	line := w.pool.Get().(*[]byte)
	n, err := readMessage(r, (*line)[:w.frames.max+1])
	if err == nil {
		w.frames.completed()
		n = len(lineOf((*line)[:n]))
		err = checkMessage((*line)[:n], kind)
	}
	if err != nil || n == 0 {
		w.pool.Put(line)
		return err
	}
	w.line, w.unread = line, append((*line)[:n], "\r\n"...)
	return nil
}

// fail says why reading ends, and returns the error that it ends with. Closing is
// left to the owner, who may wait for the client to hear the reason (Finish).
func (w *webSocket) fail(err error) error {
	var own refusal
	switch {
	case errors.As(err, &own):
		w.goodbye(own.code, own.reason)
	case errors.Is(err, errNoise):
		w.goodbye(websocket.StatusPolicyViolation, errNoise.Error())
	case errors.Is(err, os.ErrDeadlineExceeded):
		w.goodbye(websocket.StatusPolicyViolation, "the message did not arrive in time")
	default:
		w.bye.Do(func() {}) // the library has answered, or nobody is there
	}
	w.over.Store(true)
	if websocket.CloseStatus(err) != -1 {
		return io.EOF
	}
	return err
}

// goodbye sends a close frame, once.
func (w *webSocket) goodbye(code websocket.StatusCode, reason string) {
	w.bye.Do(func() {
		const finClose = 0x88
		frame := []byte{finClose, byte(2 + len(reason))}
		frame = binary.BigEndian.AppendUint16(frame, uint16(code))
		w.frames.say(append(frame, reason...))
	})
}

// CloseWrite says goodbye and ends the outgoing stream, as Finish wants it.
func (w *webSocket) CloseWrite() error {
	w.goodbye(websocket.StatusNormalClosure, "")
	w.over.Store(true)
	if c, ok := w.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return nil
}

// Close implements net.Conn. It does not wait for the client to agree.
func (w *webSocket) Close() error {
	w.goodbye(websocket.StatusNormalClosure, "")
	return w.ws.CloseNow()
}

// Write implements net.Conn: p is lines, of which the last may be continued by
// the next Write. They leave together.
func (w *webSocket) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over.Load() {
		return 0, net.ErrClosed
	}
	w.frames.gather()
	err := w.send(p)
	if e := w.frames.release(); err == nil {
		err = e
	}
	if err != nil {
		return 0, err
	}
	return len(p), nil
}

func (w *webSocket) send(p []byte) error {
	for {
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			break
		}
		line := p[:i]
		if len(w.tail) > 0 {
			line = append(w.tail, line...)
			w.tail = nil
		}
		p = p[i+1:]
		if line = bytes.TrimSuffix(line, []byte("\r")); len(line) == 0 {
			continue
		}
		if w.kind == websocket.MessageText && !utf8.Valid(line) {
			line = bytes.ToValidUTF8(line, []byte("\uFFFD"))
		}
		if err := w.ws.Write(background, w.kind, line); err != nil {
			return err
		}
	}
	if len(w.tail)+len(p) > tailMax {
		return fmt.Errorf("a line of more than %d bytes", tailMax)
	}
	w.tail = append(w.tail, p...)
	return nil
}
