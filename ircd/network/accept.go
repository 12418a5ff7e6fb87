package network

import (
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/state"
)

// expectReply adds the target to those whom by accepts messages from, if a user mode
// of by would refuse the answer.
func (n *Network) expectReply(by Actor, target *state.User, b event.MessageSent) {
	id := by.Identity()
	picky := id.Modes.Has(modes.RegisteredPM) || id.Modes.Has(modes.SecurePM) ||
		id.Modes.Has(modes.CallerID) || id.Modes.Has(modes.SoftCallerID)
	full := len(id.Accept) >= n.Config().Limits.Accept
	if picky && !full && b.Command == "PRIVMSG" && target != by.User && !id.Accepts(target.UID()) {
		n.Remember(by, event.Accept, target.UID(), true)
	}
}
