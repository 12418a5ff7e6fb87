package network

import (
	"time"

	"github.com/parley-irc/parley/ircd/event"
)

// typingEvery is how often others are told the same of somebody's typing. Clients
// send it every three seconds.
const typingEvery = 2 * time.Second

// isNoise reports whether a message only repeats that its sender is typing, so soon
// that nobody needs to be told.
// https://ircv3.net/specs/client-tags/typing
func (n *Network) isNoise(by Actor, b event.MessageSent) bool {
	state, ok := b.Typing()
	if !ok {
		return false
	}
	switch state {
	case "active", "paused", "done":
	default:
		state = ""
	}
	return !n.typing.pass(by.UID()+" "+b.Target+" "+state, typingEvery, n.Clock.Now())
}
