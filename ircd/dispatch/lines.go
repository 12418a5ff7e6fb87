package dispatch

import (
	"bytes"
	"errors"
	"net"
	"sync"
)

// lines cuts what a client sends into lines. While nothing arrives it holds no
// buffer, so that an idle client costs none.
type lines struct {
	conn   net.Conn
	pooled pooledReader // nil: conn cannot wait without a buffer
	max    int
	buf    *[]byte // nil while there is nothing in it
	rest   []byte  // of *buf, what has not been taken
	err    error   // of the connection, once rest is taken
	// mayRest is whether next may return errResting when there is nothing to be read.
	mayRest bool
	fresh   int // bytes that have been read; whoever notes them sets it to 0
}

// A pooledReader waits until something can be read, and only then takes a buffer
// from the pool. It returns the buffer with n bytes in it; or, if it may rest, neither a
// buffer nor an error.
type pooledReader interface {
	ReadPooled(pool *sync.Pool, mayRest bool) (buf *[]byte, n int, err error)
}

const (
	readSize = 4 << 10
	// smallRead is the buffer of connections that cannot wait without one.
	smallRead = 512
)

var readPool = sync.Pool{New: func() any { b := make([]byte, readSize); return &b }}

// errReadQueue means that a line is longer than the read queue.
var errReadQueue = errors.New("a line is longer than the read queue")

func newLines(conn net.Conn, max int) lines {
	l := lines{conn: conn, max: max}
	l.pooled, _ = conn.(pooledReader)
	return l
}

// ready reports whether next needs to read nothing.
func (l *lines) ready() bool { return bytes.IndexByte(l.rest, '\n') >= 0 }

// next returns the next line without its end. It is valid until the next call.
func (l *lines) next() ([]byte, error) {
	for {
		if i := bytes.IndexByte(l.rest, '\n'); i >= 0 {
			if i > l.max {
				return nil, errReadQueue
			}
			line := l.rest[:i]
			l.rest = l.rest[i+1:]
			line = bytes.TrimSuffix(line, []byte("\r"))
			if len(line) == 0 {
				continue
			}
			return line, nil
		}
		if len(l.rest) > l.max {
			return nil, errReadQueue
		}
		if l.err != nil {
			return nil, l.err
		}
		if err := l.read(); err != nil {
			return nil, err
		}
	}
}

// read reads more, after what is left of the last line.
func (l *lines) read() error {
	if len(l.rest) == 0 && l.pooled != nil {
		l.free()
		buf, n, err := l.pooled.ReadPooled(&readPool, l.mayRest)
		switch {
		case err != nil:
			return err
		case buf == nil:
			return errResting
		}
		l.buf, l.rest = buf, (*buf)[:n]
		l.fresh += n
		return nil
	}
	l.makeRoom()
	n, err := l.conn.Read((*l.buf)[len(l.rest):cap(*l.buf)])
	l.rest = (*l.buf)[:len(l.rest)+n]
	if n > 0 {
		l.fresh += n
		return nil
	}
	return err
}

// makeRoom moves what is left to the front of the buffer, which grows if that
// fills it.
func (l *lines) makeRoom() {
	size := smallRead
	if l.buf != nil {
		size = cap(*l.buf)
	}
	if len(l.rest) == size {
		size *= 2
	}
	if l.buf != nil && size == cap(*l.buf) {
		b := (*l.buf)[:cap(*l.buf)]
		l.rest = b[:copy(b, l.rest)]
		return
	}
	b := make([]byte, size)
	n := copy(b, l.rest)
	l.free()
	l.buf, l.rest = &b, b[:n]
}

// free gives the buffer back.
func (l *lines) free() {
	if l.buf != nil && cap(*l.buf) == readSize {
		*l.buf = (*l.buf)[:readSize]
		readPool.Put(l.buf)
	}
	l.buf, l.rest = nil, nil
}
