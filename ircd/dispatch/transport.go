package dispatch

import (
	"net"
	"net/netip"
	"time"

	"github.com/parley-irc/parley/ircd/session"
)

// A transport ends the outgoing stream when the session closes it, but leaves the
// descriptor to the goroutine that reads. If it were closed while input is unread,
// the kernel would send a reset, which can overtake the ERROR with the reason.
type transport struct{ net.Conn }

func (t transport) Close() error {
	if h, ok := t.Conn.(interface{ CloseWrite() error }); ok {
		// A TLS connection says goodbye after the write that is under way, if
		// there is one, which a client that does not read would make wait.
		_ = t.Conn.SetWriteDeadline(time.Unix(1, 0))
		return h.CloseWrite()
	}
	return t.Conn.Close()
}

// transport returns what the session writes to: the socket, if the connection tells it
// apart. It can also write without waiting, unless the prober is nil.
func (c *Conn) transport() (session.Transport, session.Prober) {
	to := c.conn
	if s, ok := to.(interface{ Socket() net.Conn }); ok {
		to = s.Socket()
	}
	c.out = transport{to}
	p, _ := to.(session.Prober)
	return &c.out, p
}

// Readmit admits another address in place of the connection's own, which a gateway has
// told, if connections are admitted by their addresses.
func (c *Conn) Readmit(addr netip.Addr) error {
	if a, ok := c.conn.(interface{ Readmit(netip.Addr) error }); ok {
		return a.Readmit(addr)
	}
	return nil
}

// How long a client may take to close its end.
const (
	farewell     = 2 * time.Second
	lastFarewell = 20 * time.Millisecond // when the server stops, which waits for all
)

// finish closes the connection once the client has read the last lines.
func (c *Conn) finish() {
	wait := farewell
	if c.ctx.Err() != nil {
		wait = lastFarewell
	}
	if f, ok := c.conn.(interface{ Finish(time.Duration) error }); ok {
		_ = f.Finish(wait)
		return
	}
	_ = c.conn.Close()
}
