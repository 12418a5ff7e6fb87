package dispatch

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// A Request is one command being run. It is valid until the command returns.
type Request struct {
	*Conn
	Message wire.Message
	Command *Command
	service *Service // if the command is one of a service
}

// run runs the request. It returns a Quit to close the connection, else nil.
func (r *Request) run(line []byte) *Quit {
	if (r.shunned.Load() || r.hushed.Load()) && r.unheard() {
		return nil
	}
	if ref, ok := r.Message.Tags.Has("batch"); ok && (r.User != nil || r.batch.Load() != nil) {
		return r.collect(ref, line)
	}
	r.interrupt()
	r.Command = r.Server.Commands[r.Message.Command]
	cost := 1
	if r.Command != nil {
		r.Command.used.Add(1)
	}
	if sub := r.Command.subcommand(&r.Message); sub != nil && sub.Cost > 0 {
		cost = sub.Cost
	} else if r.Command != nil {
		cost = r.Command.Cost
	}
	r.spend(cost)
	if r.Command != nil && r.User != nil {
		r.lineUp(r.Command)
	}
	r.Session.Begin(r.Message.Tags.Get("label"))
	err := r.guard(r.Message.Command, func() error {
		if r.Server.Config().Server.UTF8Only && !utf8.Valid(line) {
			return numerics.InvalidUTF8
		}
		return r.dispatch(r.Command, 0)
	})
	if lost := r.awaitKept(); lost != nil {
		err = lost
	}
	if err != nil {
		var quit Quit // here, because it is memory of its own, which most requests need not have
		if errors.As(err, &quit) {
			return &quit // the label is on the ERROR that follows
		}
		r.Error(err)
	}
	r.Session.End()
	return nil
}

// unheard drops the request of a client that is shunned, unless it is one that such a
// client may make. Nothing tells it so: what has a label is answered as if there were
// nothing to say.
func (r *Request) unheard() bool {
	if c := r.Server.Commands[r.Message.Command]; r.User == nil || c != nil && c.Always {
		return false
	}
	r.spend(1)
	r.Session.Begin(r.Message.Tags.Get("label"))
	r.Session.End()
	return true
}

// dispatch runs c, which the first so many parameters name, after checking what it
// requires.
func (r *Request) dispatch(c *Command, named int) error {
	switch {
	case c == nil && r.User == nil:
		return numerics.NotRegistered.With()
	case c == nil:
		return numerics.UnknownCommand.With(r.Message.Command)
	case c.Phase == Registered && r.User == nil:
		return numerics.NotRegistered.With()
	case c.Phase == Unregistered && r.User != nil:
		return numerics.AlreadyReg.With()
	case c.Privileged && !r.May(c.Oper):
		if !r.User.Identity().IsOper() {
			return numerics.NoPrivileges.With()
		}
		return numerics.NoPrivs.With(c.Oper.String())
	case !c.Quiet && len(r.Message.Params) < named+c.MinParams():
		return numerics.NeedMoreParams.With(r.Message.Command)
	}
	if sub := c.subcommand(&r.Message); sub != nil {
		r.Command = sub
		return r.dispatch(sub, named+1)
	}
	if c.Server > 0 && r.Param(c.Server-1) != "" {
		return r.dispatchTo(c)
	}
	return c.Run(r)
}

// malformed answers a line that is not a message.
func (r *Request) malformed(err error) *Quit {
	r.Session.Begin(r.Message.Tags.Get("label"))
	defer r.Session.End()
	switch {
	case errors.Is(err, wire.ErrEmpty):
	case errors.Is(err, wire.ErrTagsTooLong), errors.Is(err, wire.ErrBodyTooLong):
		r.Reply(numerics.InputTooLong.With())
	default:
		r.Reply(numerics.UnknownError.With("*").Because("The server cannot read this line"))
	}
	if b := r.batch.Load(); b != nil && !errors.Is(err, wire.ErrEmpty) {
		r.refuse(b, b.Broken.Because("The server cannot read one of the lines."))
	}
	return nil
}

// Param returns parameter i, or "".
func (r *Request) Param(i int) string {
	if i < len(r.Message.Params) {
		return r.Message.Params[i]
	}
	return ""
}

// May reports whether the client is an operator with a privilege.
func (c *Conn) May(p privs.Privilege) bool {
	if c.User == nil {
		return false
	}
	o := c.User.Identity().Oper
	return o != nil && privs.Of(o.Privileges).Has(p)
}

func (c *Conn) exempt() bool {
	return c.User.Identity().IsOper() && c.May(privs.NoFlood)
}

// Channel returns the channel named by parameter i. To those who may not know of
// it, it does not exist.
func (r *Request) Channel(i int) (*state.Channel, error) {
	name := r.Param(i)
	ch := r.Server.Network.World.Channel(name)
	if ch == nil {
		return nil, numerics.NoSuchChannel.With(middle(name))
	}
	return ch, nil
}

// VisibleChannel is Channel for queries, which do not tell of a secret channel.
func (r *Request) VisibleChannel(i int) (*state.Channel, error) {
	ch, err := r.Channel(i)
	if err == nil && !r.CanSee(ch) {
		return nil, numerics.NoSuchChannel.With(middle(r.Param(i)))
	}
	return ch, err
}

// CanSee reports whether the client may know that the channel exists.
func (r *Request) CanSee(ch *state.Channel) (ok bool) {
	ch.View(func(v state.View) { ok = v.Visible(r.User) })
	return ok || r.May(privs.Spy)
}

// Target returns the user whose nick is parameter i.
func (r *Request) Target(i int) (*state.User, error) {
	if u := r.Server.Network.World.User(r.Param(i)); u != nil {
		return u, nil
	}
	return nil, numerics.NoSuchNick.With(middle(r.Param(i)))
}

// Targets returns the users whose nicks are a list in parameter i, of which there may
// be as many as a message can have targets. Services and servers are none.
func (r *Request) Targets(i int) (all []*state.User, err error) {
	w := r.Server.Network.World
	for n, nick := range strings.Split(r.Param(i), ",") {
		u := w.User(nick)
		switch {
		case n >= r.Server.Config().Limits.Targets:
			return nil, numerics.TooManyTargets.With(middle(nick))
		case r.Server.Service(nick) != nil, w.Mapping.Equal(nick, r.Server.Name()):
			return nil, numerics.CantKill.With()
		case u == nil:
			return nil, numerics.NoSuchNick.With(middle(nick))
		}
		all = append(all, u)
	}
	return all, nil
}

// middle returns s as a parameter that is not the last.
func middle(s string) string {
	if s == "" {
		return "*"
	}
	return casemap.Truncate(s, 100)
}
