package state

import (
	"slices"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/session"
)

// Merge writes a fact about a user, and reports whether it is news. The view
// follows. A fact about a user who has left is not.
func (tx *Tx) Merge(f event.Fact) bool {
	if tx.left(f.Scope) || !tx.w.facts.Merge(f) {
		return false
	}
	if f.Gone && !tx.w.Linked {
		delete(tx.w.facts, f.Key)
	}
	u := tx.w.users[f.Scope]
	if u == nil {
		if f.Gone {
			return true
		}
		u = newUser(f.Scope, tx.w.Mapping)
		tx.w.users[f.Scope] = u
	}
	switch f.Kind {
	case event.Presence:
		tx.presence(u, f)
	case event.Nick:
		tx.claim(u, f.Text)
	case event.UserMeta:
		tx.annotate(u, f)
	case event.Away:
		tx.noteAway(u, f)
	default:
		tx.describe(u, f)
	}
	return true
}

// left reports whether the user was here and is not any more: UIDs are not used
// again.
func (tx *Tx) left(uid string) bool {
	u := tx.w.users[uid]
	return u == nil && tx.w.Linked && tx.w.facts[event.Key{Kind: event.Presence, Scope: uid}].Gone
}

func (tx *Tx) appear(u *User) {
	u.change(func(*Identity) {}) // what follows from the rest of it
	u.Touch(u.Identity().Person.Signon)
	tx.index(u, u.Nick())
	tx.count(u.Identity(), 1)
	tx.settleInformed(u)
	tx.w.maxUsers = max(tx.w.maxUsers, len(tx.w.nicks))
}

// vanish forgets u, who has left all channels, but for a tombstone.
func (tx *Tx) vanish(u *User) {
	tx.unindex(u)
	tx.count(u.Identity(), -1)
	tx.settleInformed(u)
	delete(tx.w.users, u.uid)
	for _, k := range userKinds {
		delete(tx.w.facts, event.Key{Kind: k, Scope: u.uid})
	}
	tx.forgetMeta(u)
	tx.dropResident(u)
	for server := range u.aways {
		delete(tx.w.facts, event.Key{Kind: event.Away, Scope: u.uid, A: server})
	}
	id := u.Identity()
	for i := range 52 {
		if letter := letters[i]; id.Modes.Has(letter) {
			delete(tx.w.facts, event.Key{Kind: event.UserMode, Scope: u.uid, A: string(letter)})
		}
	}
	for _, m := range id.Silence {
		delete(tx.w.facts, event.Key{Kind: event.Silence, Scope: u.uid, A: m.String()})
	}
	for _, a := range id.Accept {
		delete(tx.w.facts, event.Key{Kind: event.Accept, Scope: u.uid, A: a})
	}
	if tx.w.Linked {
		tx.w.facts[event.Key{Kind: event.Presence, Scope: u.uid}] = event.Value{Gone: true}
	}
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// userKinds are the kinds of which there is one fact for each user.
var userKinds = []event.Kind{
	event.Nick, event.About, event.Host, event.Realname, event.Account, event.Oper, event.Ident,
}

// claim gives u a nick. Of two who claim the same nick, the owner of the account
// of that name wins, else the older claim, else the smaller UID; the other's
// nick becomes the UID. Every server decides alike.
func (tx *Tx) claim(u *User, nick string) {
	if other := tx.w.nicks[tx.w.Mapping.Fold(nick)]; u.present() && other != nil && other != u {
		loser := other
		if !tx.prevails(u, other, nick) {
			loser = u
		}
		tx.Renamed = append(tx.Renamed, Renaming{loser, loser.Identity()})
		if loser == u {
			nick = u.uid
		} else {
			tx.rename(other, other.uid)
		}
	}
	tx.rename(u, nick)
}

func (tx *Tx) prevails(u, other *User, nick string) bool {
	owns := func(x *User) bool {
		return x.Account() != "" && tx.w.Mapping.Equal(x.Account(), nick)
	}
	if owns(u) != owns(other) {
		return owns(u)
	}
	mine := tx.w.facts[event.Key{Kind: event.Nick, Scope: u.uid}].At
	theirs := tx.w.facts[event.Key{Kind: event.Nick, Scope: other.uid}].At
	if mine != theirs {
		return theirs.After(mine)
	}
	return u.uid < other.uid
}

func (tx *Tx) rename(u *User, nick string) {
	if u.present() {
		tx.unindex(u)
	}
	u.change(func(id *Identity) { id.Nick = nick })
	if u.present() {
		tx.index(u, nick)
	}
}

func (tx *Tx) index(u *User, nick string) {
	if key := tx.w.Mapping.Fold(nick); tx.w.nicks[key] == nil {
		tx.w.nicks[key] = u
		tx.w.skeletons[tx.w.Mapping.Skeleton(nick)] = u
		return
	}
	// The users connected at the same time on two servers.
	tx.claim(u, nick)
}

func (tx *Tx) unindex(u *User) {
	nick := u.Nick()
	if key := tx.w.Mapping.Fold(nick); tx.w.nicks[key] == u {
		delete(tx.w.nicks, key)
	}
	if key := tx.w.Mapping.Skeleton(nick); tx.w.skeletons[key] == u {
		delete(tx.w.skeletons, key)
	}
}

// describe changes what is known about u.
func (tx *Tx) describe(u *User, f event.Fact) {
	before := u.Identity()
	u.change(func(id *Identity) {
		switch f.Kind {
		case event.About:
			p := event.Unpack[event.Person](f.Text)
			id.Person = &p
		case event.Ident:
			id.Ident = f.Text
		case event.Host:
			id.Host = f.Text
		case event.Realname:
			id.Realname = f.Text
		case event.Account:
			id.Account = f.Text
		case event.Oper:
			id.Oper = nil
			if t := event.Unpack[event.OperTitle](f.Text); !f.Gone {
				id.Oper = &t
			}
		case event.UserMode:
			id.Modes = id.Modes.With(f.A[0], !f.Gone)
			if f.A[0] == modes.ServerNotices {
				id.Snomask = f.Text
			}
		case event.Silence:
			id.Silence = u.withoutMask(id.Silence, f.A)
			if !f.Gone {
				id.Silence = append(id.Silence, tx.w.Mapping.Compile(f.A))
			}
		case event.Accept:
			id.Accept = slices.DeleteFunc(slices.Clone(id.Accept), func(a string) bool { return a == f.A })
			if !f.Gone {
				id.Accept = append(id.Accept, f.A)
			}
		}
	})
	if u.present() {
		tx.count(before, -1)
		tx.count(u.Identity(), 1)
		tx.settleResident(u)
		tx.settleInformed(u)
	}
}

// settleInformed keeps the list of those who receive notices of the server.
func (tx *Tx) settleInformed(u *User) {
	all, id := tx.w.Informed(), u.Identity()
	wants := u.present() && id.IsOper() && id.Snomask != ""
	if slices.Contains(all, u) == wants {
		return
	}
	next := slices.DeleteFunc(slices.Clone(all), func(o *User) bool { return o == u })
	if wants {
		next = append(next, u)
	}
	tx.w.informed.Store(&next)
}

func (tx *Tx) count(id *Identity, n int64) {
	if id.Modes.Has(modes.Invisible) {
		tx.w.invisible.Add(n)
	}
	if id.Oper != nil {
		tx.w.opers.Add(n)
	}
}

// Attach adds a session of this server to u.
func (tx *Tx) Attach(u *User, s *session.Session) {
	if !u.Local() {
		tx.w.locals.Add(1)
	}
	all := append(slices.Clip(u.Sessions()), s)
	u.sessions.Store(&all)
}

// Detach removes a session from u, and reports how many are left.
func (tx *Tx) Detach(u *User, s *session.Session) int {
	rest := slices.DeleteFunc(slices.Clone(u.Sessions()), func(o *session.Session) bool { return o == s })
	if u.Local() && len(rest) == 0 {
		tx.w.locals.Add(-1)
	}
	u.sessions.Store(&rest)
	return len(rest)
}
