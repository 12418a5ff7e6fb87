package listener

import (
	"bufio"
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// readAhead is the buffer that an idle WebSocket keeps.
	readAhead = 256
	// controlFrame holds any frame of the library's own making, so that it
	// arrives here in one Write and lands between frames.
	controlFrame = 125 + 16
	// pageSize is how much is written to the transport at a time.
	pageSize = 16 << 10
	// idleBytes is how much may arrive without completing a message: pings, and
	// fragments. Clients that ping every 20 seconds answer the server's PING
	// long before.
	idleBytes = 16 << 10
)

var errNoise = errors.New("too many frames without a message")

var pages = sync.Pool{New: func() any {
	b := make([]byte, 0, pageSize)
	return &b
}}

// frames is the transport below a WebSocket as its library sees it. It gathers
// frames, so that a page of lines leaves in one write, and it bounds what costs
// the client nothing and the dispatcher does not see.
type frames struct {
	net.Conn
	br      *bufio.Reader // the library reads through it, from frames
	rest    []byte        // came with the HTTP request
	max     int           // of a message
	left    int           // bytes that may still arrive before a message is complete
	between bool          // nothing of a next frame has been read

	mu       sync.Mutex
	page     *[]byte      // nil unless gathering
	deadline atomic.Int64 // of the owner's writes, in Unix nanoseconds; 0 is none
}

func newFrames(c net.Conn, rest []byte, max int) *frames {
	f := &frames{Conn: c, rest: rest, max: max, between: true}
	f.br = bufio.NewReaderSize(f, readAhead)
	f.completed()
	return f
}

// completed renews what may arrive until the next message is complete.
func (f *frames) completed() {
	f.left = idleBytes + 2*f.max
	f.between = f.br.Buffered() == 0
}

// ping and pong are told of control frames, which are complete when they are.
func (f *frames) ping(ctx context.Context, payload []byte) bool {
	f.pong(ctx, payload)
	return true
}

func (f *frames) pong(context.Context, []byte) { f.between = f.br.Buffered() == 0 }

// Read implements net.Conn. Only the library's reader and br call it.
func (f *frames) Read(p []byte) (n int, err error) {
	if f.left <= 0 {
		return 0, errNoise
	}
	if len(f.rest) > 0 {
		n = copy(p, f.rest)
		if f.rest = f.rest[n:]; len(f.rest) == 0 {
			f.rest = nil
		}
	} else {
		n, err = f.Conn.Read(p)
	}
	if n > 0 {
		f.between = false
		f.left -= n
	}
	return n, err
}

// Write implements net.Conn.
func (f *frames) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.page == nil {
		return f.answer(p)
	}
	if len(*f.page)+len(p) > cap(*f.page) {
		if err := f.flush(); err != nil {
			return 0, err
		}
	}
	if len(p) > cap(*f.page) {
		return f.Conn.Write(p)
	}
	*f.page = append(*f.page, p...)
	return len(p), nil
}

// SetWriteDeadline implements net.Conn.
func (f *frames) SetWriteDeadline(t time.Time) error {
	if t.IsZero() {
		f.deadline.Store(0)
	} else {
		f.deadline.Store(t.UnixNano())
	}
	return f.Conn.SetWriteDeadline(t)
}

// SetDeadline implements net.Conn.
func (f *frames) SetDeadline(t time.Time) error {
	return errors.Join(f.SetReadDeadline(t), f.SetWriteDeadline(t))
}

// answer writes a pong or another frame of the library's own. The owner's
// deadline does not apply: it may be that of a write long ago, and would end the
// connection at the client's next ping.
func (f *frames) answer(p []byte) (int, error) {
	f.Conn.SetWriteDeadline(soon())
	n, err := f.Conn.Write(p)
	if at := f.deadline.Load(); at != 0 {
		f.Conn.SetWriteDeadline(time.Unix(0, at))
	} else {
		f.Conn.SetWriteDeadline(time.Time{})
	}
	return n, err
}

// soon bounds frames that the owner does not know of.
func soon() time.Time { return time.Now().Add(time.Second) }

// gather makes Write collect until release.
func (f *frames) gather() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.page = pages.Get().(*[]byte)
}

// release writes what was gathered.
func (f *frames) release() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.flush()
	pages.Put(f.page)
	f.page = nil
	return err
}

func (f *frames) flush() error {
	b := *f.page
	*f.page = b[:0]
	if len(b) == 0 {
		return nil
	}
	_, err := f.Conn.Write(b)
	return err
}

// say writes a frame if that is possible between others and without waiting
// long: it is the last one.
func (f *frames) say(frame []byte) {
	if !f.mu.TryLock() {
		return // a writer is stuck
	}
	defer f.mu.Unlock()
	if f.page != nil {
		return
	}
	if t, ok := f.Conn.(interface{ TryWrite([]byte) (int, error) }); ok {
		t.TryWrite(frame)
		return
	}
	f.Conn.SetWriteDeadline(soon())
	f.Conn.Write(frame)
}
