package listener

import (
	"errors"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// A rest is how a connection whose client is idle comes to need no goroutine. Who
// watches over the connections calls it to rest; the goroutine that reads then stops
// waiting, and may park the connection: what arrives next starts another goroutine.
//
// A client that is only waited for costs a stack of 8 KiB, more than all else that is
// known about it.
type rest struct {
	state atomic.Int32
	parks atomic.Uint32 // how often it was parked

	mu     sync.Mutex // held while a deadline for reading is set, or the connection parked
	over   bool       // see Interrupt
	known  bool       // the parking has seen the descriptor, which is
	spot   int32
	resume func()
}

// What the connection is doing.
const (
	busy    = iota // something else than waiting, or waiting for a certain thing
	waiting        // for whatever comes next
	called         // to rest
	parked
)

// begin is called before a wait that may be ended by calling the connection to rest.
func (r *rest) begin() { r.state.Store(waiting) }

// end is called after it. It reports whether err is only that call.
func (r *rest) end(c net.Conn, err error) (rested bool) {
	if r.state.CompareAndSwap(waiting, busy) {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state.Store(busy)
	if r.over {
		return false
	}
	_ = c.SetReadDeadline(time.Time{})
	return errors.Is(err, os.ErrDeadlineExceeded)
}

// Rest makes a ReadPooled that may be ended so return, if it waits. Any goroutine may
// call it.
func (c *Conn) Rest() {
	r := &c.rest
	if c.parking == nil || r.state.Load() != waiting {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.state.CompareAndSwap(waiting, called) {
		_ = c.Conn.SetReadDeadline(time.Unix(1, 0))
	}
}

// Interrupt makes every read from now on fail, also that of a parked connection, which
// is resumed for it. Any goroutine may call it.
func (c *Conn) Interrupt() {
	r := &c.rest
	r.mu.Lock()
	defer r.mu.Unlock()
	r.over = true
	_ = c.Conn.SetReadDeadline(time.Unix(1, 0))
	if r.state.Load() == parked {
		c.parking.remove(c)
	}
}

// SetReadDeadline implements net.Conn.
func (c *Conn) SetReadDeadline(t time.Time) error {
	c.rest.mu.Lock()
	defer c.rest.mu.Unlock()
	if c.rest.over {
		return nil
	}
	return c.Conn.SetReadDeadline(t)
}

// Park lets the connection wait without a goroutine. When something arrives, or when it
// is interrupted, resume is called on a new one; the connection is closed when that
// returns, unless it is parked again. If Park reports false, nothing has happened; if
// true, the caller must not touch the connection any more.
//
// It is called by the goroutine that reads, after a wait has ended without anything: only
// then it is certain that the layers above the socket hold nothing that was read.
func (c *Conn) Park(resume func()) bool {
	r := &c.rest
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := bottom(c.Conn).(*socket)
	if !ok || c.parking == nil || r.over {
		return false
	}
	if err := c.parking.add(c, s); err != nil {
		return false
	}
	r.resume, r.known, c.small = resume, true, nil
	r.parks.Add(1)
	r.state.Store(parked)
	return true
}

// wake is what the parking does, once for each time the connection is parked.
func (c *Conn) wake() {
	r := &c.rest
	r.mu.Lock()
	resume := r.resume
	r.resume = nil
	r.state.Store(busy)
	r.mu.Unlock()
	converse(c, func(*Conn) { resume() })
}
