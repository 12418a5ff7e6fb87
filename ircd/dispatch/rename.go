package dispatch

import (
	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/modes"
)

// followName lets who is logged in to an account be so under its new name. It reports
// false if something else has become of the account.
func (s *Server) followName(old, a *accounts.Account) bool {
	switch {
	case old == nil: // by its new name, before the old one is gone
		return len(a.Formerly) > 0
	case a == nil:
		if a = s.Accounts.Successor(old); a == nil {
			return false
		}
	case a.Name == old.Name:
		return false
	}
	s.Network.InformHere(modes.SnoAccounts, "The account %[1]s has the name %[2]s now", old.Name, a.Name)
	s.Network.RenameAccount(old.Name, a.Name)
	return true
}

// FollowNames is followName for what happened while the server did not run.
func (s *Server) FollowNames() {
	s.Accounts.List(func(a *accounts.Account) bool {
		for _, name := range a.Formerly {
			if name != a.Name { // it has got it back
				s.Network.RenameAccount(name, a.Name)
			}
		}
		return true
	})
}
