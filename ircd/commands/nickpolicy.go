package commands

import (
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
)

// mayUseNick reports whether the client may have a nick: one that belongs to an
// account, or looks like one that does, is for who is logged in to it.
func mayUseNick(r *dispatch.Request, nick string) error {
	b := r.Server.Reserved(r.User, nick)
	switch {
	case b != nil:
		return numerics.BadNick.With(word(nick)).Because("This nick is reserved: %s", dispatch.ReasonOf(b))
	case r.Server.IsService(nick):
		return numerics.NickInUse.With(nick).Because("This nick belongs to a service")
	case !r.Server.MayTake(nick, r.Account()):
		return numerics.NickInUse.With(nick).Because("This nick belongs to an account; log in to use it")
	case mixed(r, nick):
		return numerics.BadNick.With(word(nick)).Because("This nick mixes scripts, so that it could be taken for another")
	}
	return nil
}

// mixed reports whether a nick mixes scripts to look like another one. Only the
// owner of the account that it looks like may do that.
func mixed(r *dispatch.Request, nick string) bool {
	if !casemap.MixedScript(nick) {
		return false
	}
	m, account := r.Server.Network.World.Mapping, r.Account()
	return account == "" || m.Skeleton(account) != m.Skeleton(nick)
}

// attachable returns the user whom the client becomes by taking a nick: one who is
// logged in to the same account and has this nick; or, if the nick belongs to the
// account, the one who stays for it. It is nil if there is none.
func attachable(r *dispatch.Request, nick string) *state.User {
	account, w := r.Account(), r.Server.Network.World
	if account == "" {
		return nil
	}
	a := r.Server.Accounts.Lookup(account)
	if a == nil {
		return nil
	}
	u := w.User(nick)
	if u == nil {
		if claim, ok := r.Server.Accounts.Claim(nick); ok && claim.Exact && claim.Account != nil && claim.Account.Name == a.Name {
			u = w.Resident(account)
		}
	}
	if u == nil || u.Account() != account || !r.Server.Multiclient(a) && w.Attended(u) {
		return nil
	}
	return u
}
