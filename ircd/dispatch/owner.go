package dispatch

import (
	"time"

	"github.com/parley-irc/parley/ircd/accounts"
)

// AccountOwner says of an account, by its folded name, since when there is one that may be
// used: what is kept beside an account is of that account, not of the next of the name.
func AccountOwner(all *accounts.Service, now func() time.Time) func(account string) (time.Time, bool) {
	return func(account string) (time.Time, bool) {
		a := usable(all, account, now())
		if a == nil {
			return time.Time{}, false
		}
		return a.Created, true
	}
}

func usable(all *accounts.Service, account string, now time.Time) *accounts.Account {
	a := all.Lookup(account)
	if a == nil || string(a.Folded) != account || !a.Verified || suspendedAt(a, now) {
		return nil
	}
	return a
}

// AccountSince returns since when there is the account that the client is logged in to.
func (r *Request) AccountSince() (since time.Time, ok bool) {
	if r.Server.Accounts == nil || r.User.Account() == "" {
		return since, false
	}
	a := usable(r.Server.Accounts, string(r.Server.Network.World.Mapping.Fold(r.User.Account())), r.Server.Now())
	if a == nil {
		return since, false
	}
	return a.Created, true
}

// OwnerOf returns the name of the account by its folded name, if it is the one that has
// been there since then and may be used.
func (s *Server) OwnerOf(account string, since time.Time) (name string, ok bool) {
	if s.Accounts == nil || account == "" {
		return "", false
	}
	a := usable(s.Accounts, account, s.Now())
	if a == nil || !a.Created.Equal(since) {
		return "", false
	}
	return a.Name, true
}
