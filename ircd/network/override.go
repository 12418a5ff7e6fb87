package network

import (
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/state"
)

// may reports whether u is an operator with a privilege.
func may(u *state.User, p privs.Privilege) bool {
	o := u.Identity().Oper
	return o != nil && privs.Of(o.Privileges).Has(p)
}

// overrides reports whether by does by a privilege what a channel, or another user,
// would not allow. That is noted.
func (n *Network) overrides(by Actor, what, on string) bool {
	if !may(by.User, privs.Override) {
		return false
	}
	if n.Hooks.Overrode != nil {
		n.Hooks.Overrode(by, what, on)
	}
	return true
}
