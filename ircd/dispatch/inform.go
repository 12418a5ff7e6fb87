package dispatch

import (
	"errors"
	"log/slog"
	"time"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/sasl"
)

// notesPerHour is how often operators are told within an hour of what goes wrong at
// one address: they are to see that it does, and not to be flooded by it.
const notesPerHour = 5

// informOfAccount tells the operators of this server what became of an account. Those
// of others are told by theirs.
func (s *Server) informOfAccount(old, a *accounts.Account) {
	inform := func(text lang.Text, name string) { s.Network.InformHere(modes.SnoAccounts, text, name) }
	switch {
	case a == nil:
		inform("The account %[1]s is removed", old.Name)
	case old == nil:
		inform("The account %[1]s is registered", a.Name)
	case !old.Verified && a.Verified:
		inform("The account %[1]s is confirmed", a.Name)
	case !s.suspended(old) && s.suspended(a):
		inform("The account %[1]s is suspended", a.Name)
	case s.suspended(old) && !s.suspended(a):
		inform("The account %[1]s is suspended no more", a.Name)
	}
}

// InformOfLogin tells operators that the client could not log in.
func (c *Conn) InformOfLogin(err error) {
	var quit Quit
	if errors.As(err, &quit) || errors.Is(err, sasl.ErrAborted) {
		return
	}
	c.Server.Tally.LoginFailed.Add(1)
	c.Server.blame("login failed", c.RealAddr(), LoginText(err).With().String())
	if c.Server.noted.pass(c.RealAddr(), notesPerHour, time.Now()) {
		c.Server.Network.Inform(modes.SnoAccounts, "%[1]s from %[2]s could not log in: %[3]s", c.Name(), c.RealAddr(), LoginText(err))
	}
}

// informOfFlood tells operators of a client that is disconnected because of a limit.
// Any goroutine may call it for a client that is registered.
func (c *Conn) informOfFlood(reason lang.Text) {
	c.Server.Tally.Flooded.Add(1)
	name := "*"
	if u := c.Online(); u != nil {
		name = u.Nick()
	}
	if c.Server.noted.pass(c.RealAddr(), notesPerHour, time.Now()) {
		c.Server.blame("client flooded", c.RealAddr(), reason.With().String())
		c.Server.Network.Inform(modes.SnoFloods, "%[1]s from %[2]s is disconnected: %[3]s", name, c.RealAddr(), reason)
	}
}

// InformOfRefusal tells operators of a connection from an address that was over a
// limit.
func (s *Server) InformOfRefusal(addr, reason string) {
	if s.noted.pass(addr, notesPerHour, time.Now()) {
		s.blame("connection refused", addr, reason)
		s.Network.Inform(modes.SnoFloods, "A connection from %[1]s is refused: %[2]s", addr, reason)
	}
}

// blame logs that an address misbehaves. Programs such as fail2ban read these lines, so
// they have one form: the text, the address, and then why. What a stranger has chosen is
// in no place but the last.
func (s *Server) blame(what, addr, reason string) {
	s.Log.Warn(what, slog.String("addr", addr), slog.String("reason", reason))
}

// Blame is blame for what a command has found.
func (r *Request) Blame(what, reason string) { r.Server.blame(what, r.RealAddr(), reason) }
