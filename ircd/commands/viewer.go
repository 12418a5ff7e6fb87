package commands

import (
	"iter"
	"slices"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/state"
)

// A viewer is who asks about users. Its methods are all that WHO and WHOIS may
// show of others.
type viewer struct {
	user  *state.User
	spy   bool
	multi bool // shows all prefixes: https://ircv3.net/specs/extensions/multi-prefix
	mine  []*state.Member
}

func viewerOf(r *dispatch.Request) viewer {
	return viewer{r.User, r.May(privs.Spy), r.Has(caps.MultiPrefix), r.User.Memberships()}
}

// intimate reports whether the viewer may know what is private of u.
func (v viewer) intimate(u *state.User) bool { return v.spy || u == v.user }

// shares reports whether the viewer is in the channel of m.
func (v viewer) shares(m *state.Member) bool {
	return slices.ContainsFunc(v.mine, func(o *state.Member) bool { return o.Channel == m.Channel })
}

// finds reports whether u appears in lists. An invisible user appears to those who
// see the user in a channel they share.
func (v viewer) finds(u *state.User) bool {
	return v.intimate(u) || !u.Has(modes.Invisible) || slices.ContainsFunc(u.Memberships(), func(m *state.Member) (ok bool) {
		if v.shares(m) {
			m.Channel.View(func(x state.View) { ok = x.Sees(v.user, m) })
		}
		return ok
	})
}

// memberships returns those of u's memberships that the viewer may know of. Of an
// invisible user, these are in channels they share; of one who hides them, none.
func (v viewer) memberships(u *state.User) iter.Seq[*state.Member] {
	return func(yield func(*state.Member) bool) {
		id := u.Identity()
		for _, m := range u.Memberships() {
			switch ok := false; {
			case v.intimate(u):
			case id.Modes.Has(modes.HideChannels), id.Modes.Has(modes.Invisible) && !v.shares(m):
				continue
			default:
				m.Channel.View(func(x state.View) { ok = x.ListedFor(v.user) && x.Sees(v.user, m) })
				if !ok {
					continue
				}
			}
			if !yield(m) {
				return
			}
		}
	}
}

// prefixes returns the prefixes of m, or the highest one. m may be nil.
func (v viewer) prefixes(m *state.Member) string {
	if m == nil {
		return ""
	}
	p := m.Prefixes()
	if len(p) > 1 && !v.multi {
		p = p[:1]
	}
	return p
}

// isOper reports whether the viewer may know that u is an operator.
func (v viewer) isOper(u *state.User, id *state.Identity) bool {
	return id.IsOper() && (v.intimate(u) || !id.Modes.Has(modes.HideOper))
}

// showsIdle reports whether the viewer may know how long u has been idle.
func (v viewer) showsIdle(u *state.User, id *state.Identity) bool {
	return v.intimate(u) || !id.Modes.Has(modes.HideIdle)
}

// hiddenIP stands for an address that is not told.
// https://ircv3.net/specs/extensions/whox
const hiddenIP = "255.255.255.255"

// ip returns the address of u, or hiddenIP if others see another host.
func (v viewer) ip(u *state.User, id *state.Identity) string {
	p := id.Person
	plain := !id.Modes.Has(modes.Cloaked) && (id.Host == p.RealHost || id.Host == p.IP)
	if p.IP != "" && (plain || v.intimate(u)) {
		return p.IP
	}
	return hiddenIP
}
