package listener

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
)

// A socket is a TCP or unix connection with the two things that the net package
// does not offer: waiting without a buffer, and writing without waiting.
type socket struct {
	// What TryWrite uses comes first, close together in memory. It is done once for each
	// line and member of a channel, and the kernel leaves nothing of ours in the cache.
	mu sync.Mutex // guards fd
	fd int        // -1 once closed

	ended atomic.Bool // by CloseWrite

	net.Conn
	raw  syscall.RawConn
	rest []byte // was read while looking for a PROXY header, and is read first

	// The callbacks are made once: a closure per call would be garbage per line.
	readable, writable func(fd uintptr) bool

	in struct {
		pool *sync.Pool
		buf  *[]byte
		into []byte // instead of a buffer of the pool
		n    int
		err  error
	}
	out struct {
		mu  sync.Mutex
		p   []byte
		n   int
		err error
	}
}

func newSocket(nc net.Conn) (*socket, error) {
	sc, ok := nc.(syscall.Conn)
	if !ok {
		return nil, fmt.Errorf("%T is no socket", nc)
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return nil, err
	}
	s := &socket{Conn: nc, raw: raw}
	s.readable, s.writable = s.readNow, s.writeNow
	return s, raw.Control(func(fd uintptr) { s.fd = int(fd) })
}

// Read implements net.Conn.
func (s *socket) Read(p []byte) (int, error) {
	if len(s.rest) > 0 {
		n := copy(p, s.rest)
		s.skip(n)
		return n, nil
	}
	if len(p) == 0 {
		return 0, nil
	}
	s.in.into = p
	err := s.raw.Read(s.readable)
	n := s.in.n
	if err == nil {
		err = s.in.err
	}
	s.in.into, s.in.n, s.in.err = nil, 0, nil
	return n, err
}

// Write implements net.Conn.
func (s *socket) Write(p []byte) (int, error) {
	s.out.mu.Lock()
	defer s.out.mu.Unlock()
	s.out.p, s.out.n, s.out.err = p, 0, nil
	err := s.raw.Write(s.writable)
	if err == nil {
		err = s.out.err
	}
	s.out.p = nil
	return s.out.n, err
}

// writeNow returns false to be called again when the socket takes more.
func (s *socket) writeNow(fd uintptr) bool {
	for s.out.n < len(s.out.p) {
		n, err := retry(func() (int, error) { return sendNow(int(fd), s.out.p[s.out.n:]) })
		switch {
		case err == syscall.EAGAIN:
			return false
		case err != nil:
			s.out.err = s.opError("write", err)
			return true
		}
		s.out.n += n
	}
	return true
}

func (s *socket) skip(n int) {
	if s.rest = s.rest[n:]; len(s.rest) == 0 {
		s.rest = nil
	}
}

// ReadPooled is Conn.ReadPooled. One goroutine may read at a time.
func (s *socket) ReadPooled(pool *sync.Pool) (*[]byte, int, error) {
	if len(s.rest) > 0 {
		buf := pool.Get().(*[]byte)
		n := copy(*buf, s.rest)
		s.skip(n)
		return buf, n, nil
	}
	s.in.pool = pool
	err := s.raw.Read(s.readable)
	buf, n := s.in.buf, s.in.n
	if err == nil {
		err = s.in.err
	}
	s.in.pool, s.in.buf, s.in.n, s.in.err = nil, nil, 0, nil
	if err != nil {
		return nil, 0, err
	}
	return buf, n, nil
}

// readNow returns false to be called again when the socket is readable. A buffer goes
// back to the pool before that wait.
func (s *socket) readNow(fd uintptr) bool {
	var buf *[]byte
	into := s.in.into
	if into == nil {
		buf = s.in.pool.Get().(*[]byte)
		into = *buf
	}
	n, err := retry(func() (int, error) { return receiveNow(int(fd), into) })
	if n <= 0 && buf != nil {
		s.in.pool.Put(buf)
	}
	switch {
	case err == syscall.EAGAIN:
		return false
	case err != nil:
		s.in.err = s.opError("read", err)
	case n == 0:
		s.in.err = io.EOF
	default:
		s.in.buf, s.in.n = buf, n
	}
	return true
}

// TryWrite writes as much of p as the kernel takes without waiting, and returns
// how much that was: 0 and no error if its buffer is full. Deadlines do not apply. No
// Write may be under way.
//
// It goes past the net package, whose locks and poller lie in memory elsewhere: that is
// a fifth of a microsecond, of what a short write costs here half.
func (s *socket) TryWrite(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fd < 0 {
		return 0, s.opError("write", net.ErrClosed)
	}
	n, err := retry(func() (int, error) { return sendNow(s.fd, p) })
	if err != nil && err != syscall.EAGAIN {
		return max(n, 0), s.opError("write", err)
	}
	return max(n, 0), nil
}

// Close implements net.Conn.
func (s *socket) Close() error {
	s.mu.Lock()
	s.fd = -1 // it may be another one's as soon as it is closed
	s.mu.Unlock()
	return s.Conn.Close()
}

// retry repeats a system call that was interrupted.
func retry(call func() (int, error)) (n int, err error) {
	for {
		if n, err = call(); err != syscall.EINTR {
			return n, err
		}
	}
}

func (s *socket) opError(op string, err error) error {
	return &net.OpError{Op: op, Net: s.LocalAddr().Network(), Source: s.LocalAddr(), Addr: s.RemoteAddr(), Err: os.NewSyscallError(op, err)}
}

// CloseWrite ends the outgoing stream.
func (s *socket) CloseWrite() error {
	if s.ended.Swap(true) {
		return nil
	}
	if w, ok := s.Conn.(interface{ CloseWrite() error }); ok {
		return w.CloseWrite()
	}
	return errors.ErrUnsupported
}

// addrPort returns the address of a TCP peer, or zero for a unix socket.
func addrPort(a net.Addr) netip.AddrPort {
	t, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	ap := t.AddrPort()
	return netip.AddrPortFrom(plain(ap.Addr()), ap.Port())
}

// plain returns addr as limits and bans know it: IPv4 as such, and no zone.
func plain(addr netip.Addr) netip.Addr { return addr.Unmap().WithZone("") }
