//go:build linux

package main

import (
	"bytes"
	"fmt"
	"net/netip"
	"runtime"
	"syscall"
	"time"
)

// A canary is a few well-behaved clients that ask for a PONG in turn, on a
// thread of their own, so that the times are the server's and not the loop's. At a chirp
// each asks once a second: little enough for any flood control. A question that could not
// be asked because the answer to the last one took so long counts as one that has waited
// for the rest of it.
type canary struct {
	every time.Duration
	fds   []int
	pid   int // of the server, or 0
	trips sample
	// spent is the most CPU that the server spent during a trip: what of the longest is
	// its own, also on a machine that is busy with something else.
	spent time.Duration
	err   error
	stop  chan struct{}
	done  chan struct{}
}

const canaries, chirp = 20, time.Second / 20

// newCanary registers them and begins to ask, one of them at a time.
func newCanary(srv *server, nick string, every time.Duration) (*canary, error) {
	c := &canary{every: every, pid: srv.pid, stop: make(chan struct{}), done: make(chan struct{})}
	for n := range canaries {
		if err := c.hatch(srv.plain, fmt.Sprintf("%s%d", nick, n)); err != nil {
			c.close()
			return nil, err
		}
	}
	go c.sing()
	return c, nil
}

func (c *canary) hatch(to netip.AddrPort, nick string) error {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	c.fds = append(c.fds, fd)
	limit := &syscall.Timeval{Sec: 10}
	_ = syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, limit)
	_ = syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
	if err := syscall.Connect(fd, &syscall.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}); err != nil {
		return fmt.Errorf("canary: connect: %w", err)
	}
	return ask(fd, greeting(nick, nil), " 001 ")
}

func (c *canary) sing() {
	runtime.LockOSThread()
	defer close(c.done)
	// Before the generator's other threads, if the system lets us.
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, syscall.Gettid(), -15)
	beat := time.NewTicker(c.every)
	defer beat.Stop()
	for n := 0; ; n++ {
		select {
		case <-c.stop:
			return
		case <-beat.C:
		}
		before, _ := processCPU(c.pid)
		start := time.Now()
		line := fmt.Appendf(nil, "PING canary%d\r\n", n)
		if c.err = ask(c.fds[n%canaries], line, fmt.Sprintf("canary%d\r", n)); c.err != nil {
			return
		}
		for d := time.Since(start); d > 0; d -= c.every {
			c.trips = append(c.trips, d)
		}
		after, _ := processCPU(c.pid)
		c.spent = max(c.spent, after-before)
	}
}

// ask sends a line and reads until the answer has been seen.
func ask(fd int, line []byte, answer string) error {
	if _, err := syscall.Write(fd, line); err != nil {
		return fmt.Errorf("canary: write: %w", err)
	}
	var heard []byte
	buf := make([]byte, 16<<10)
	for !bytes.Contains(heard, []byte(answer)) {
		n, err := syscall.Read(fd, buf)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return fmt.Errorf("canary: no answer to %q: %w", bytes.TrimSpace(line), err)
		}
		if n == 0 {
			return fmt.Errorf("canary: disconnected: %s", bytes.TrimSpace(heard[max(0, len(heard)-200):]))
		}
		heard = append(heard, buf[:n]...)
		if i := bytes.Index(heard, []byte("PING ")); i >= 0 && bytes.IndexByte(heard[i:], '\n') > 0 {
			_, _ = syscall.Write(fd, append([]byte("PONG "), heard[i+5:]...))
		}
	}
	return nil
}

// end silences them and returns how long each answer took.
func (c *canary) end() (sample, error) {
	close(c.stop)
	<-c.done
	c.close()
	return c.trips, c.err
}

func (c *canary) close() {
	for _, fd := range c.fds {
		syscall.Close(fd)
	}
}
