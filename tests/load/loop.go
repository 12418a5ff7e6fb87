//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"syscall"
	"time"
)

// A loop reads the sockets of all its clients on one thread: a system call for
// each piece that arrives, one buffer for all, no goroutine for any. That keeps
// the generator's cost below that of the servers. Only its thread touches it.
type loop struct {
	epoll   int
	addr    netip.AddrPort
	clients []*client // by the index that epoll hands back; left ones stay until swept
	events  []syscall.EpollEvent
	buf     []byte
	opened  int           // sockets so far, to spread source addresses
	spun    time.Duration // time spent looking in vain
	wake    time.Time     // run looks at done no later than this
	// perSource is how many clients come from one address; 0 is 1,000.
	perSource int
	lost      error // the first client that the server dropped
}

var errSlow = errors.New("not done in time")

func newLoop(addr netip.AddrPort) (*loop, error) {
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	return &loop{epoll: fd, addr: addr, events: make([]syscall.EpollEvent, 512), buf: make([]byte, 64<<10)}, nil
}

// run turns the loop until done says true, for at most limit. done is asked
// after every round of events and when l.wake has come. A client that the
// server dropped ends it.
func (l *loop) run(limit time.Duration, done func() bool) error {
	deadline := time.Now().Add(limit)
	for !done() {
		if l.lost != nil {
			return l.lost
		}
		wait := time.Until(deadline)
		if wait <= 0 {
			return fmt.Errorf("%w: %v", errSlow, limit)
		}
		if !l.wake.IsZero() {
			wait = max(0, min(wait, time.Until(l.wake)))
		}
		if err := l.turn(wait); err != nil {
			return err
		}
	}
	return l.lost
}

// spin is how long turn asks again and again before it sleeps. A server that
// writes to a sleeping process pays for waking it, one that writes to a busy one
// does not; clients elsewhere cost it nothing either, so let none of them sleep
// while there is traffic.
const spin = 200 * time.Microsecond

// turn waits once and handles what is there. The wait is rounded down to
// milliseconds; the last one is spun, on the generator's own core.
func (l *loop) turn(wait time.Duration) error {
	start := time.Now()
	n, err := syscall.EpollWait(l.epoll, l.events, 0)
	for n == 0 && err == nil {
		spun := time.Since(start)
		if spun >= min(spin, wait) {
			l.spun += spun
			n, err = syscall.EpollWait(l.epoll, l.events, int(max(0, wait-spun)/time.Millisecond))
			break
		}
		if n, err = syscall.EpollWait(l.epoll, l.events, 0); n != 0 {
			l.spun += time.Since(start)
		}
	}
	if err != nil && err != syscall.EINTR {
		return fmt.Errorf("epoll_wait: %w", err)
	}
	for _, ev := range l.events[:max(n, 0)] {
		c := l.clients[ev.Fd]
		if c.fd < 0 {
			continue
		}
		if ev.Events&syscall.EPOLLOUT != 0 {
			l.writable(c)
		}
		if c.fd >= 0 && ev.Events&^uint32(syscall.EPOLLOUT) != 0 {
			l.readable(c)
		}
	}
	return nil
}

func (l *loop) readable(c *client) {
	n, err := syscall.Read(c.fd, l.buf)
	switch {
	case n > 0:
		if n < 1024 {
			if i := bytes.Index(l.buf[:n], []byte("ERROR :")); i >= 0 {
				c.farewell = string(bytes.TrimSpace(l.buf[i:n]))
			}
		}
		c.take(c, l.buf[:n])
	case n == 0:
		l.gone(c, errors.New("the server closed the connection"))
	case err != syscall.EAGAIN && err != syscall.EINTR:
		l.gone(c, err)
	}
}

// gone closes a client. Unless it was leaving, that is a failure of the scenario.
func (l *loop) gone(c *client, why error) {
	if c.fd < 0 {
		return
	}
	syscall.Close(c.fd)
	c.fd = -1
	c.pending = nil
	if c.left != nil {
		c.left(c)
		return
	}
	if l.lost == nil {
		l.lost = fmt.Errorf("client %s was dropped: %w %s", c.nick, why, c.farewell)
	}
}

// open connects a new client; opened is called when the connection stands.
func (l *loop) open(c *client, opened func(*client)) error {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("socket: %w", err)
	}
	l.opened++
	if l.addr.Addr().IsLoopback() { // other sources, so that ports do not run out
		const bindNoPort = 24 // IP_BIND_ADDRESS_NO_PORT
		_ = syscall.SetsockoptInt(fd, syscall.IPPROTO_IP, bindNoPort, 1)
		source := &syscall.SockaddrInet4{Addr: l.source()}
		if err := syscall.Bind(fd, source); err != nil {
			syscall.Close(fd)
			return fmt.Errorf("bind: %w", err)
		}
	}
	_ = syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
	if c.recvBuf > 0 {
		_ = syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_RCVBUF, c.recvBuf)
	}
	to := &syscall.SockaddrInet4{Port: int(l.addr.Port()), Addr: l.addr.Addr().As4()}
	if err := syscall.Connect(fd, to); err != nil && err != syscall.EINPROGRESS {
		syscall.Close(fd)
		return fmt.Errorf("connect: %w", err)
	}
	c.l, c.fd, c.index, c.opened = l, fd, int32(len(l.clients)), opened
	l.clients = append(l.clients, c)
	ev := syscall.EpollEvent{Events: syscall.EPOLLIN | syscall.EPOLLOUT, Fd: c.index}
	return syscall.EpollCtl(l.epoll, syscall.EPOLL_CTL_ADD, fd, &ev)
}

// source returns the address that the next client comes from.
func (l *loop) source() [4]byte {
	n := l.opened / max(l.perSource, 1)
	if l.perSource == 0 {
		n = l.opened / 1000
	}
	return [4]byte{127, 0, byte(n / 200 % 200), byte(1 + n%200)}
}

// writable finishes a connect or sends what had to wait.
func (l *loop) writable(c *client) {
	if f := c.opened; f != nil {
		c.opened = nil
		if e, _ := syscall.GetsockoptInt(c.fd, syscall.SOL_SOCKET, syscall.SO_ERROR); e != 0 {
			l.gone(c, fmt.Errorf("connect: %w", syscall.Errno(e)))
			return
		}
		c.wait(false)
		f(c)
		return
	}
	data := c.pending
	c.pending = nil
	c.wait(false)
	c.send(data)
}

// sweep closes all clients and forgets them.
func (l *loop) sweep() {
	for _, c := range l.clients {
		if c.fd >= 0 {
			syscall.Close(c.fd)
			c.fd = -1
		}
	}
	l.clients = nil
	l.lost = nil
	l.wake = time.Time{}
}

func (l *loop) close() {
	l.sweep()
	syscall.Close(l.epoll)
}
