package state

import (
	"strconv"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/extban"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
)

// MayJoin reports whether u may join. If not, forward is the channel that u may
// try instead, or "".
func (v View) MayJoin(u *User, key string, now time.Time) (forward string, err error) {
	ch, name := v.ch, v.ch.Name()
	switch {
	case ch.Has(modes.OpersOnly) && !u.Identity().IsOper():
		return "", numerics.OperOnlyChan.With(name)
	case ch.Has(modes.TLSOnly) && !u.Secure():
		return "", numerics.SecureOnlyChan.With(name)
	case ch.params[modes.KeyWord] != "" && key != ch.params[modes.KeyWord]:
		return "", numerics.BadChannelKey.With(name)
	case v.Invited(u):
		return "", nil
	}
	if e := v.joinBan(u, now); e != nil {
		if forward = e.Ban.Forward(); forward == "" {
			forward = ch.params[modes.Forward]
		}
		return forward, numerics.BannedFromChan.With(name)
	}
	switch {
	case ch.Has(modes.InviteOnly) && v.match(modes.InviteException, u, now, extban.Ban, extban.Join) == nil:
		return ch.params[modes.Forward], numerics.InviteOnlyChan.With(name)
	case ch.Has(modes.RegisteredOnly) && u.Account() == "" && v.match(modes.InviteException, u, now, extban.Ban) == nil:
		return ch.params[modes.Forward], numerics.NeedReggedNick.With(name).Because("Cannot join channel (+R): log in to an account")
	case v.full():
		return ch.params[modes.Forward], numerics.ChannelFull.With(name)
	}
	return "", nil
}

// Invited reports whether u has an invitation.
func (v View) Invited(u *User) bool {
	return v.ch.facts.Has(event.Key{Kind: event.Invite, Scope: string(v.ch.Key()), Incarnation: v.ch.incarnation, A: u.uid})
}

// joinBan returns the ban that keeps u from joining, or nil.
func (v View) joinBan(u *User, now time.Time) *Entry {
	e := v.match(modes.Ban, u, now, extban.Ban, extban.Join, extban.Forward)
	if e == nil || v.match(modes.Exception, u, now, extban.Ban, extban.Join) != nil {
		return nil
	}
	return e
}

func (v View) full() bool {
	limit, err := strconv.Atoi(v.ch.params[modes.Limit])
	return err == nil && len(v.ch.rosterOf) >= limit
}

// Visible reports whether u may know that the channel exists.
func (v View) Visible(u *User) bool {
	return !v.ch.Has(modes.Secret) || v.ch.members[u.uid] != nil
}

// ListedFor reports whether WHOIS shows viewer that somebody is in the channel.
func (v View) ListedFor(viewer *User) bool {
	return v.Visible(viewer) && !v.ch.Has(modes.Private) || v.ch.members[viewer.uid] != nil
}

// Shows reports whether everybody in the channel may know that m is.
func (v View) Shows(m *Member) bool { return v.ch.shows(m) }

// Sees reports whether u may know that m is in the channel.
func (v View) Sees(u *User, m *Member) bool {
	if u == m.User || v.ch.shows(m) {
		return true
	}
	o := v.ch.members[u.uid]
	return o != nil && v.ch.sees(o, m)
}
