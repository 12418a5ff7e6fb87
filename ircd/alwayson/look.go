package alwayson

import (
	"hash/maphash"

	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/state"
)

// A look is what a user looks like at a moment: two looks are equal unless something
// has changed that is worth keeping.
type look struct {
	identity *state.Identity
	places   uint64
	meta     int
}

var seed = maphash.MakeSeed()

func lookAt(u *state.User) look {
	type place struct {
		channel *state.Channel
		status  modes.Set
	}
	l := look{identity: u.Identity(), meta: u.Metadata().Size()}
	for _, m := range u.Memberships() {
		l.places = l.places*31 + maphash.Comparable(seed, place{m.Channel, m.Status()})
	}
	return l
}
