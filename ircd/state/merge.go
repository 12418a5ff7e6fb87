package state

import (
	"slices"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/session"
)

// Merge writes a fact about a user, and reports whether it is news. The view
// follows. A fact about a user who has left is not. No channel may be locked.
func (tx *Tx) Merge(f event.Fact) bool {
	u := tx.w.users[f.Scope]
	if u == nil {
		if u = tx.meet(f); u == nil {
			return false
		}
	}
	if f.Kind == event.Presence {
		return tx.presence(u, f)
	}
	if !tx.note(u, f) {
		return false
	}
	switch f.Kind {
	case event.Nick:
		tx.claim(u, f.Text)
	case event.UserMeta:
		m := u.Metadata().after(f)
		u.meta.Store(&m)
	case event.Away:
		tx.settleAway(u)
	case event.About:
		tx.describe(u, f)
		tx.settleAway(u)
	default:
		tx.describe(u, f)
	}
	if !u.here {
		tx.settle(u) // it may be what was missing
	}
	return true
}

// note writes a fact that is no presence.
func (tx *Tx) note(u *User, f event.Fact) bool {
	k := about{f.Kind, f.A}
	if old, ok := u.facts[k]; ok && !f.At.After(old.At) {
		return false
	}
	u.facts[k] = f.Value
	if f.Gone && !tx.w.Linked {
		delete(u.facts, k)
	}
	return true
}

// meet returns a new user whom a fact is about, or nil if the fact is not to be
// merged: UIDs are not used again, so that of those who have left only the news of a
// presence counts, which means that they have not.
func (tx *Tx) meet(f event.Fact) *User {
	tombs, left := tx.w.departed[f.Scope]
	switch {
	case f.Gone && !left && f.Kind == event.Presence && tx.w.Linked:
		tx.w.departed[f.Scope] = []sojourn{{f.A, f.Value}}
		return nil
	case f.Kind != event.Presence && (left || f.Gone):
		return nil
	case f.Gone && !left:
		return nil
	}
	u := newUser(f.Scope, tx.w.Mapping)
	u.where = tombs
	delete(tx.w.departed, f.Scope)
	tx.w.users[f.Scope] = u
	return u
}

// get returns the text of a fact about u that holds.
func (u *User) get(kind event.Kind, a string) (v event.Value, ok bool) {
	v, ok = u.facts[about{kind, a}]
	return v, ok && !v.Gone
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
	if !u.here {
		return
	}
	tx.count(before, -1)
	tx.count(u.Identity(), 1)
	if f.Kind == event.Account {
		tx.settleResident(u)
		tx.contest(u)
	}
	tx.settleInformed(u)
}

// settleInformed keeps the list of those who receive notices of the server.
func (tx *Tx) settleInformed(u *User) {
	all, id := tx.w.Informed(), u.Identity()
	wants := u.here && id.IsOper() && id.Snomask != ""
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
	x := &struct { // one piece of memory for nearly everybody
		all []*session.Session
		one [1]*session.Session
	}{}
	x.all = append(append(x.one[:0], u.Sessions()...), s)
	u.sessions.Store(&x.all)
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
