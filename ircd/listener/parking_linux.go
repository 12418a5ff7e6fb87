package listener

import (
	"errors"
	"os"
	"sync"
	"syscall"
)

// A Parking is where connections wait without a goroutine each: one goroutine waits for
// all of them, by an epoll instance of its own.
type Parking struct {
	fd   int
	file *os.File // of fd

	mu    sync.Mutex // after that of a rest
	conns map[int32]*Conn
}

// NewParking returns an empty Parking. It has a goroutine until it is closed.
func NewParking() (*Parking, error) {
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	// An epoll instance is readable when it has events: Go's own can wait for that.
	if err := syscall.SetNonblock(fd, true); err != nil {
		syscall.Close(fd)
		return nil, os.NewSyscallError("fcntl", err)
	}
	p := &Parking{fd: fd, file: os.NewFile(uintptr(fd), "parking"), conns: map[int32]*Conn{}}
	go p.run()
	return p, nil
}

// Close ends the goroutine. Nothing may be parked any more.
func (p *Parking) Close() error { return p.file.Close() }

// run wakes connections until the Parking is closed.
func (p *Parking) run() {
	raw, err := p.file.SyscallConn()
	events := make([]syscall.EpollEvent, 128)
	for n := 0; err == nil; n = 0 {
		err = raw.Read(func(fd uintptr) bool {
			n, _ = retry(func() (int, error) { return syscall.EpollWait(int(fd), events, 0) })
			return n != 0
		})
		for _, e := range events[:max(n, 0)] {
			p.wake(e.Fd)
		}
	}
}

// wake wakes the connection with a descriptor, if it is still there. If it is another one
// by now, that is woken for nothing, which does no harm.
func (p *Parking) wake(fd int32) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c := p.conns[fd]; c != nil {
		delete(p.conns, fd)
		go c.wake()
	}
}

// add parks a connection on this socket.
func (p *Parking) add(c *Conn, s *socket) (err error) {
	op := syscall.EPOLL_CTL_ADD
	if c.rest.known {
		op = syscall.EPOLL_CTL_MOD
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	gone := s.raw.Control(func(fd uintptr) {
		e := syscall.EpollEvent{Events: syscall.EPOLLIN | syscall.EPOLLRDHUP | syscall.EPOLLONESHOT, Fd: int32(fd)}
		if err = syscall.EpollCtl(p.fd, op, int(fd), &e); err == nil {
			c.rest.spot = e.Fd
			p.conns[e.Fd] = c
		}
	})
	return errors.Join(gone, err)
}

// remove wakes a connection before anything has arrived.
func (p *Parking) remove(c *Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.conns[c.rest.spot] == c {
		delete(p.conns, c.rest.spot)
		go c.wake()
	}
}
