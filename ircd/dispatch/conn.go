package dispatch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime/debug"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/session"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// A Conn is the connection of one client. Its fields are used only by the
// goroutine that serves it, unless they say otherwise.
type Conn struct {
	Server  *Server
	Session *session.Session
	User    *state.User // nil until registration is complete
	Peer    Peer
	// Registration is what the client has said so far; nil once it is complete.
	Registration *Registration

	ctx      context.Context
	conn     net.Conn
	out      transport // what the session writes to
	lines    lines
	shown    *identity // of who it is, or nil
	budget   budget
	request  Request
	batch    atomic.Pointer[Batch]      // that the client sends, or sent last
	user     atomic.Pointer[state.User] // User, for other goroutines
	heard    atomic.Int64               // when the client last sent something, Unix nanoseconds
	pinged   atomic.Bool
	shunned  atomic.Bool
	hushed   atomic.Bool          // as if it were shunned, until it disconnects
	struck   atomic.Bool          // a spam filter has had it banned or removed
	ended    atomic.Pointer[Quit] // why somebody else ended the connection
	version  atomic.Int32         // of CAP LS: 301 or later
	chose    atomic.Bool          // the client has chosen a language
	patience atomic.Int64         // until when it need not have registered, Unix nanoseconds
	// persistent is what the client has been told last of PERSISTENCE; persisting means
	// that it is asking for something else.
	persistent atomic.Pointer[string]
	device     atomic.Pointer[string] // what the client calls itself, or nil
	persisting atomic.Bool
	born       time.Time
	number     uint64
	turn       time.Time // when it began to run lines, or last gave way
	placed     bool      // it has a place in the lobby
}

func newConn(ctx context.Context, s *Server, conn net.Conn, p Peer) *Conn {
	cfg := s.Config()
	c := &Conn{Server: s, Peer: p, ctx: ctx, conn: conn, born: time.Now(), number: s.numbers.Add(1)}
	c.Registration = newRegistration(c)
	to, prober := c.transport()
	c.Session = session.New(to, session.Options{
		Prober:   prober,
		MaxQueue: int(cfg.Limits.SendQueue), Flusher: s.Flusher, Owner: c, Written: &s.Tally.Written,
		Dropped: func(_ *session.Session, reason lang.Text) {
			if reason == session.ReasonQueueExceeded {
				s.Tally.Overflowed.Add(1)
			}
			if reason == session.ReasonQueueExceeded && c.Online() != nil {
				c.informOfFlood(reason)
			}
			c.End(reason)
		},
	})
	c.Session.Server(s.Name())
	c.Session.SetLanguage(s.language.Load())
	c.lines = newLines(conn, int(cfg.Limits.ReadQueue))
	c.budget = newBudget(cfg.Flood)
	c.request.Conn = c
	c.heard.Store(time.Now().UnixNano())
	return c
}

// A Quit is the error that a command returns to close the connection. The client
// reads the reason in its language.
type Quit struct {
	Reason lang.Text
	Words  []any // what the verbs of the reason stand for
}

func (q Quit) Error() string { return q.Said().String() }

// Said returns the reason with its words.
func (q Quit) Said() lang.Phrase { return q.Reason.With(q.Words...) }

// run runs the client's lines until it is idle, in which case run is called again, or
// gone.
func (c *Conn) run() {
	why, idle := c.loop()
	if idle {
		return // another goroutine may be running it
	}
	c.close(why)
}

// close ends the connection from its own goroutine.
func (c *Conn) close(why Quit) {
	c.leavePlace()
	if q := c.ended.Load(); q != nil {
		why = *q
	}
	c.leave(why)
	c.Server.left()
}

// leave ends the session, and with it the user's presence: all that others are
// told is in their queues before the client reads its ERROR.
func (c *Conn) leave(why Quit) {
	if c.User != nil {
		c.lineUp(nil)
		c.heardAll()
		c.Server.Network.Detach(c.Actor(), why.Reason, why.Words...)
	} else {
		c.Server.unknown.Add(-1)
		c.Registration.cancel()
	}
	c.Server.remove(c)
	c.lines.free()
	last := lang.Text("Closing link: %s").With(why.Said())
	c.Session.Close(&wire.Message{Command: "ERROR", Text: &last})
	<-c.Session.Done()
	c.finish()
}

// End closes the connection from outside. Any goroutine may call it.
func (c *Conn) End(reason lang.Text, words ...any) {
	if c.ended.CompareAndSwap(nil, &Quit{reason, words}) {
		c.interrupt()
	}
}

// loop runs the client's lines. It returns why the connection has ended, or that the
// client is idle.
func (c *Conn) loop() (why Quit, idle bool) {
	for {
		if c.placed && !c.lines.ready() {
			c.leavePlace()
		}
		c.lines.mayRest = c.Registration == nil
		line, err := c.lines.next()
		if err == errResting {
			if c.park() {
				return why, true
			}
			continue
		}
		if err != nil {
			return c.lost(err), false
		}
		if c.lines.fresh > 0 {
			c.hear()
		}
		if quit := c.line(line); quit != nil {
			return *quit, false
		}
		if command := c.request.Command; command != nil && command.Light {
			c.Session.Answer()
		}
		c.giveWay()
		if c.ended.Load() != nil {
			return why, false
		}
	}
}

// lost says why nothing more is read.
func (c *Conn) lost(err error) Quit {
	if errors.Is(err, errReadQueue) {
		c.informOfFlood(readError(err))
	}
	return Quit{Reason: readError(err)}
}

// hear notes that the client has sent something.
func (c *Conn) hear() {
	c.Server.Tally.Read.Add(uint64(c.lines.fresh))
	c.lines.fresh = 0
	c.turn = time.Now()
	c.heard.Store(c.turn.UnixNano())
	c.pinged.Store(false)
}

func readError(err error) lang.Text {
	var net net.Error
	switch {
	case errors.Is(err, errReadQueue):
		return "Excess flood: a line does not end"
	case errors.As(err, &net) && net.Timeout():
		return "Connection timed out"
	}
	return "Connection closed"
}

// line runs one line. It returns a Quit to close the connection, else nil.
func (c *Conn) line(line []byte) *Quit {
	if c.Registration != nil {
		c.takePlace()
		if c.Registration.lines++; c.Registration.lines > maxRegistrationLines {
			c.informOfFlood("Too much before registration")
			return &Quit{Reason: "Too much before registration"}
		}
		if c.Registration.lines == 1 && isHTTP(line) {
			return &Quit{Reason: "This is an IRC server, not a web server"}
		}
	}
	m, err := wire.Parse(line)
	r := &c.request
	*r = Request{Conn: c, Message: m}
	if err != nil {
		return r.malformed(err)
	}
	return r.run(line)
}

// Actor returns the user as the one who makes a request.
func (c *Conn) Actor() network.Actor { return network.Actor{User: c.User, Session: c.Session} }

// Context is cancelled when the server shuts down.
func (c *Conn) Context() context.Context { return c.ctx }

// Has reports whether the client has enabled a capability.
func (c *Conn) Has(x caps.Cap) bool { return c.Session.Caps().Has(x) }

// Name returns the client's nick, or "*" if it has none yet.
func (c *Conn) Name() string {
	switch {
	case c.User != nil:
		return c.User.Nick()
	case c.Registration != nil && c.Registration.Nick != "":
		return c.Registration.Nick
	}
	return "*"
}

// Addr returns the client's address.
func (c *Conn) Addr() netip.Addr { return c.Peer.Addr.Addr().Unmap() }

// Born returns when the client connected.
func (c *Conn) Born() time.Time { return c.born }

// Number tells the connections of a server apart.
func (c *Conn) Number() uint64 { return c.number }

// Key tells the connections of a network apart.
func (c *Conn) Key() string { return c.Server.Name() + "/" + strconv.FormatUint(c.number, 10) }

// Online returns the user if registration is complete. Any goroutine may call it.
func (c *Conn) Online() *state.User { return c.user.Load() }

// guard runs f. A panic in it ends this connection, not the server.
func (c *Conn) guard(command string, f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			c.Server.Tally.Panics.Add(1)
			c.Server.Log.Error("command panicked", "command", command, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = Quit{Reason: "Internal error"}
		}
	}()
	return f()
}
