package network

import (
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/state"
)

// Stay lets a user stay when the last client disconnects, or ends that: one who is
// not connected then quits, for this reason. Nobody else is told.
func (n *Network) Stay(u *state.User, on bool, reason lang.Text, args ...any) {
	_ = n.World.Update(func(tx *state.Tx) error { n.stay(tx, u, on, n.Words(reason, args...)); return nil })
}

func (n *Network) stay(tx *state.Tx, u *state.User, on bool, reason string) {
	key := userKey(event.Presence, u.UID(), state.Everywhere)
	if tx.ByUID(u.UID()) != u || tx.Holds(key) == on {
		return
	}
	if on {
		n.announce(tx, Actor{User: u}, event.AwayChanged{}, fact(key, ""))
		return
	}
	if len(tx.Servers(u)) == 1 {
		n.announce(tx, Actor{User: u}, event.Quit{Reason: reason}, noFact(key))
		return
	}
	facts := []event.Fact{noFact(key)}
	if tx.Away(u, state.Everywhere) != "" {
		facts = append(facts, noFact(userKey(event.Away, u.UID(), state.Everywhere)))
	}
	n.announce(tx, Actor{User: u}, event.AwayChanged{}, facts...)
}

// A Resident is a user who stays, as it is kept while the server does not run: the
// facts about the user and the user's channels, with the stamps they had. So it
// makes no difference how many servers keep a resident, and bring it back.
type Resident struct {
	UID    string    `json:"uid"`
	Active time.Time `json:"active"` // when the user last spoke
	Seen   time.Time `json:"seen"`   // when a client was last connected
	// Facts are those about the user.
	Facts []event.Fact `json:"facts"`
	// Places are the facts about each channel; the first is the membership.
	Places []Place `json:"places,omitempty"`
}

// A Place is a channel that a Resident is in.
type Place struct {
	Channel string       `json:"channel"`
	Facts   []event.Fact `json:"facts"`
}

// Hosts reports whether it is this server that keeps what is known of a user who stays:
// the one with a client of the user, or else the first of those in reach.
func (n *Network) Hosts(u *state.User) bool {
	switch {
	case !n.World.Linked, u.Local():
		return true
	case n.World.Attended(u):
		return false
	}
	return n.first()
}

// maxLists is how many channels of a resident are kept with their lists of masks.
const maxLists = 20

// Resident returns what is kept of a user; ok is false for one who does not stay.
func (n *Network) Resident(u *state.User) (r Resident, ok bool) {
	_ = n.World.Update(func(tx *state.Tx) error {
		if tx.ByUID(u.UID()) != u || !tx.Holds(userKey(event.Presence, u.UID(), state.Everywhere)) {
			return nil
		}
		ok = true
		r = Resident{UID: u.UID(), Active: u.Active(), Seen: tx.Left(u), Facts: tx.Facts(u)}
		if u.Local() {
			r.Seen = n.Clock.Now()
		}
		return nil
	})
	for i, m := range u.Memberships() {
		_ = m.Channel.Update(func(cx state.ChannelTx) error {
			if cx.Member(u) == m {
				r.Places = append(r.Places, Place{cx.Name(), cx.Facts(m, i < maxLists)})
			}
			return nil
		})
	}
	return r, ok
}

// Revive brings a resident back, before clients connect. One who is here already,
// because another server has been faster, is merged.
func (n *Network) Revive(r Resident) *state.User {
	_ = n.World.Update(func(tx *state.Tx) error {
		for _, f := range r.Facts {
			n.Clock.Observe(f.At)
			tx.Merge(f)
		}
		for _, p := range r.Places {
			ch, _ := tx.Open(p.Channel)
			_ = ch.Update(func(cx state.ChannelTx) error { n.revive(tx, cx, p.Facts); return nil })
		}
		n.settle(tx)
		return nil
	})
	u := n.World.ByUID(r.UID)
	if u != nil {
		u.Touch(r.Active)
		u.See(r.Seen)
	}
	return u
}

// revive merges the membership first: it says which incarnation of the channel the
// other facts are about.
func (n *Network) revive(tx *state.Tx, cx state.ChannelTx, facts []event.Fact) {
	for _, f := range facts {
		if n.Clock.Observe(f.At); f.Kind == event.Member {
			tx.MergeMember(cx, f)
		}
	}
	for _, f := range facts {
		if f.Kind != event.Member {
			cx.Merge(f)
		}
	}
}
