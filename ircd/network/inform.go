package network

import (
	"strings"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// Inform tells the operators of the network who receive notices of a kind. It takes
// no locks, and may be called with any.
func (n *Network) Inform(letter byte, text lang.Text, args ...any) {
	b := event.Informed{Letter: letter}
	b.Text, b.Words = spell(text.With(args...))
	e := n.event(Actor{}, b)
	n.publish(e)
	n.applyInform(e, b)
}

// InformHere is Inform for the operators of this server alone: others are informed
// by their own servers.
func (n *Network) InformHere(letter byte, text lang.Text, args ...any) {
	n.noteInforming(letter, text, args...)
	for _, u := range n.World.Informed() {
		informUser(u, n.Name(), letter, text.With(args...))
	}
}

// noteInforming tells of a notice those who are no operators.
func (n *Network) noteInforming(letter byte, text lang.Text, args ...any) {
	if n.Hooks.Informed != nil {
		n.Hooks.Informed(letter, text.With(args...))
	}
}

func (n *Network) applyInform(e *event.Event, b event.Informed) {
	if n.Hooks.Informed != nil {
		n.Hooks.Informed(b.Letter, lang.Heard(b.Text, b.Words))
	}
	for _, u := range n.World.Informed() {
		informUser(u, e.Source, b.Letter, lang.Heard(b.Text, b.Words))
	}
}

// informOfUser tells operators of this server what has happened to u: of a kind for
// users of this server, its capital for others. The arguments of text are nick,
// username, host, more and server; operators who may see it read where the user really
// is.
func (n *Network) informOfUser(e *event.Event, letter byte, u *state.User, text lang.Text, more string) {
	if e.Server != n.Clock.Server() {
		letter &^= 0x20
	}
	id := u.Identity()
	n.noteInforming(letter, text, id.Nick, id.Ident, id.Host, more, id.Person.Server)
	for _, o := range n.World.Informed() {
		host := id.Host
		if may(o, privs.Spy) {
			host = id.Person.RealHost
			if id.Person.IP != host {
				host += " [" + id.Person.IP + "]"
			}
		}
		informUser(o, n.Name(), letter, text.With(id.Nick, id.Ident, host, more, id.Server))
	}
}

// informed is what operators read first in a notice of the server.
const informed lang.Text = "*** %s"

func informUser(u *state.User, source string, letter byte, p lang.Phrase) {
	if !u.Local() || strings.IndexByte(u.Identity().Snomask, letter) < 0 {
		return
	}
	text := informed.With(p)
	u.Deliver(wire.One(wire.Message{Source: source, Command: "NOTICE", Params: []string{u.Nick()}, Text: &text}), nil)
}
