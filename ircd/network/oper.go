package network

import (
	"strings"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// Kill removes target from the network, with all sessions on all servers, for a
// reason.
func (n *Network) Kill(by Actor, target *state.User, reason lang.Text, args ...any) {
	_ = n.World.Update(func(tx *state.Tx) error {
		if tx.ByUID(target.UID()) != target {
			return nil
		}
		b := event.Killed{Target: target.UID(), Reason: n.Words(reason, args...), Source: target.Source(), Account: target.Account()}
		nick, _, _ := strings.Cut(n.source(by), "!")
		b.Quit = killed(nick, b.Reason).String()
		n.announce(tx, by, b, tx.Presences(target)...)
		return nil
	})
}

// applyKill tells the sessions of the target, and the others of its QUIT.
func (n *Network) applyKill(tx *state.Tx, by Actor, e *event.Event, b event.Killed) {
	target := tx.ByUID(b.Target)
	if target == nil {
		return
	}
	nick := e.Source
	if by.User != nil {
		nick = by.Nick()
	}
	sessions, farewell := target.Sessions(), killed(nick, b.Reason)
	target.Deliver(wire.One(message(e, "KILL", target.Nick(), b.Reason)), by.Session)
	quit := event.Quit{Reason: b.Quit}
	x := n.as(target, e, quit)
	n.applyQuit(tx, Actor{User: target}, x, quit)
	e.Kept = append(e.Kept, x.Kept...)
	for _, s := range sessions {
		s.Close(&wire.Message{Command: "ERROR", Text: &farewell})
	}
}

func killed(nick, reason string) lang.Phrase {
	return lang.Text("Killed (%s (%s))").With(nick, lang.Heard(reason, nil))
}

// as returns e as what u did itself.
func (n *Network) as(u *state.User, e *event.Event, body event.Body) *event.Event {
	x := n.event(Actor{User: u}, body)
	x.Stamp, x.Facts = e.Stamp, e.Facts
	return x
}

// Wallops tells users with mode w, or only operators, something.
func (n *Network) Wallops(by Actor, b event.Wallops) {
	e := n.event(by, b)
	n.publish(e)
	n.applyWallops(e, b)
}

func (n *Network) applyWallops(e *event.Event, b event.Wallops) {
	if b.Server != "" && b.Server != n.Name() {
		return
	}
	f := wire.One(message(e, "WALLOPS", b.Text))
	for _, u := range n.World.Users() {
		id := u.Identity()
		if b.Opers && id.IsOper() || !b.Opers && id.Modes.Has(modes.Wallops) {
			u.Deliver(f, nil)
		}
	}
}

// TellAnywhere sends a numeric to u, wherever u is connected.
func (n *Network) TellAnywhere(u *state.User, r numerics.Reply) {
	n.tellUser(u, r)
	b := event.Told{Target: u.UID(), Code: r.Code, Args: r.Args}
	b.Text, b.Words = spell(r.Last())
	n.publish(n.event(Actor{}, b))
}

// spell returns a phrase as servers tell it each other: what is said stays apart from
// what it is said of, so that the server of who reads it can translate it.
func spell(p lang.Phrase) (text string, words []any) {
	for _, w := range p.Args {
		switch w.(type) {
		case string, int, int64, uint64:
		default:
			w = lang.Verbatim.Sprintf(w)
		}
		words = append(words, w)
	}
	return string(p.Text), words
}

// Notify sends a notice of a service to u, wherever u is connected. Unlike what it
// answers, that is no part of a response.
func (n *Network) Notify(by Actor, u *state.User, text lang.Text, args ...any) {
	b := event.Told{Target: u.UID(), Source: n.source(by)}
	b.Text, b.Words = spell(text.With(args...))
	n.notify(u, b)
	n.publish(n.event(by, b))
}

func (n *Network) notify(u *state.User, b event.Told) {
	if u.Local() {
		text := lang.Heard(b.Text, b.Words)
		u.Deliver(wire.One(wire.Message{Source: b.Source, Command: "NOTICE", Params: []string{u.Nick()}, Text: &text}), nil)
	}
}

func (n *Network) applyTold(tx *state.Tx, b event.Told) {
	u := tx.ByUID(b.Target)
	if u != nil && b.Source != "" {
		n.notify(u, b)
		return
	}
	if u == nil || b.Code < 1 || b.Code > 999 {
		return
	}
	r := numerics.Reply{Numeric: &numerics.Numeric{Code: b.Code}, Args: b.Args}
	if b.Text != "" {
		text := lang.Heard(b.Text, b.Words)
		r = r.Because(text.Text, text.Args...)
	}
	n.tellUser(u, r)
}
