package state

import (
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
)

// halfOpModes are the modes that half-operators may change.
var halfOpModes = modes.Of("vbeIiklmnt")

// MayChangeMode reports whether u may make a change; target is whose status it
// changes, or nil. oper means that u may change operators' modes.
func (v View) MayChangeMode(u *User, c modes.Change, target *Member, oper bool) error {
	m, name := v.Member(u), v.ch.Name()
	switch {
	case c.Fixed:
		return numerics.NoPrivileges.With().Because("Only services change this mode")
	case c.Oper && !oper:
		return numerics.NoPrivileges.With()
	case m == nil:
		return numerics.ChanOpNeeded.With(name)
	case c.Kind == modes.Status:
		return v.mayChangeStatus(m, target, c)
	case m.AtLeast(modes.Operator), m.AtLeast(modes.HalfOp) && halfOpModes.Has(c.Letter):
		return nil
	}
	return numerics.ChanOpNeeded.With(name)
}

// mayChangeStatus: everybody may give up a status. Otherwise a status is given and
// taken by those who have the next higher one; founders make founders.
func (v View) mayChangeStatus(m, target *Member, c modes.Change) error {
	refuse := numerics.ChanOpNeeded.With(v.ch.Name())
	if target == m && !c.Add {
		return nil
	}
	needs := byte(modes.Operator)
	switch c.Letter {
	case modes.Founder, modes.Admin:
		needs = modes.Founder
	case modes.Voice:
		needs = modes.HalfOp
	}
	switch {
	case !m.AtLeast(needs):
		return refuse
	case !c.Add && target.Rank() > m.Rank():
		return refuse.Because("Their status in the channel is above yours")
	}
	return nil
}

// MayReadList reports whether u may see the list of this letter. Bans are for all
// who can see the channel, exceptions for those who keep the lists.
func (v View) MayReadList(u *User, letter byte) error {
	switch {
	case !v.Visible(u):
		return numerics.NoSuchChannel.With(v.ch.Name())
	case letter != modes.Ban && !v.Member(u).AtLeast(modes.HalfOp):
		return numerics.ChanOpNeeded.With(v.ch.Name())
	}
	return nil
}
