package network

import (
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/wire"
)

// Announce tells all users of the network something.
func (n *Network) Announce(by Actor, text string) {
	b := event.Announced{Text: text}
	n.publish(n.event(by, b))
	n.applyAnnounce(b)
}

// applyAnnounce tells the users of this server. Each is told in a message of its own:
// a notice names who reads it.
func (n *Network) applyAnnounce(b event.Announced) {
	text := lang.Text("To everybody on the network: %s").With(b.Text)
	for _, u := range n.World.Users() {
		if u.Local() {
			u.Deliver(wire.One(wire.Message{Source: n.Name(), Command: "NOTICE", Params: []string{u.Nick()}, Text: &text}), nil)
		}
	}
}
