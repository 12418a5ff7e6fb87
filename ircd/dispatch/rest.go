package dispatch

import (
	"errors"
	"time"
)

// restAfter is how long after its last line a client is taken to be idle.
const restAfter = 2 * time.Second

// errResting means that the client is idle.
var errResting = errors.New("the client is idle")

// A parker is a connection that needs no goroutine while its client is idle. Called to
// rest, it ends the reading, and it can then be parked: what it is given is run on a
// new goroutine when there is something to read. What is interrupted is read no more.
type parker interface {
	Rest()
	Interrupt()
	Park(resume func()) bool
}

// rest lets a registered client that is idle need no goroutine, if its connection can
// do that. Any goroutine may call it.
func (c *Conn) rest() {
	if p, ok := c.conn.(parker); ok {
		p.Rest()
	}
}

// park reports whether the connection goes on when its client says something. It then
// belongs to another goroutine: this one must not touch it.
func (c *Conn) park() bool {
	c.request = Request{Conn: c} // the last one keeps what it was made of
	p, ok := c.conn.(parker)
	return ok && p.Park(c.run)
}

// interrupt ends the reading. Any goroutine may call it.
func (c *Conn) interrupt() {
	if p, ok := c.conn.(parker); ok {
		p.Interrupt()
		return
	}
	_ = c.conn.SetReadDeadline(time.Unix(1, 0))
}
