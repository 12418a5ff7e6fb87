package network

import (
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// MayGiveReason reports whether all channels of by let its words be heard: those
// who cannot speak in a channel cannot speak by leaving it.
func (n *Network) MayGiveReason(by Actor) bool {
	for _, m := range by.Memberships() {
		ok := true
		m.Channel.View(func(v state.View) {
			now := n.Clock.Now()
			_, err := v.MaySpeak(by.User, state.Speech{Words: true}, now)
			ok = err == nil && !(n.isNewcomer(by) && v.Unsettled(by.User, now))
		})
		if !ok {
			return false
		}
	}
	return true
}

func (n *Network) applyQuit(tx *state.Tx, by Actor, e *event.Event, b event.Quit) {
	if by.User == nil {
		return
	}
	if tx.Stays(by.User, e.Facts) { // a session elsewhere came in between
		n.applyAway(tx, by, e)
		n.restate(tx, by.User)
		return
	}
	n.recordEverywhere(by, e)
	n.quit(tx, by, e, b)
}

// restate publishes all that is known of u, who has a session here, once more: another
// server took its own for the last one, and has forgotten u.
func (n *Network) restate(tx *state.Tx, u *state.User) {
	if !u.Local() {
		return
	}
	e := n.event(Actor{}, event.Listed{})
	e.Facts = tx.About(u)
	n.owed = append(n.owed, e)
}

// quit tells that a user has left the network, and merges the facts that say so.
func (n *Network) quit(tx *state.Tx, by Actor, e *event.Event, b event.Quit) {
	f := wire.One(message(e, "QUIT", b.Reason))
	for _, u := range tx.Peers(by.User) {
		u.Deliver(f, nil)
	}
	id := by.Identity()
	n.informOfUser(e, modes.SnoDisconnects, by.User, "%[1]s (%[2]s@%[3]s) leaves %[5]s: %[4]s", b.Reason)
	tx.Depart(id, e.Time())
	for _, x := range e.Facts {
		tx.Merge(x)
	}
	if !tx.Lives(by.UID()) {
		n.forgetGuest(by.UID())
	}
	n.tellWatchers(tx, id.Nick, numerics.MonOffline.With().Fmt(id.Nick))
}
