package network

import (
	"time"

	"github.com/parley-irc/parley/ircd/privs"
)

// unhurried reports whether a user may change the nick, or invite somebody, once more
// now.
func (n *Network) unhurried(by Actor, what string) bool {
	f := n.Config().Flood
	if !f.Enabled || by.User == nil || may(by.User, privs.NoFlood) {
		return true
	}
	burst, every := f.Nicks, time.Duration(f.NickInterval)
	if what == "invite" {
		burst, every = f.Invites, time.Duration(f.InviteInterval)
	}
	return n.restless.wait(what+" "+by.UID(), burst, every, n.Clock.Now()) == 0
}
