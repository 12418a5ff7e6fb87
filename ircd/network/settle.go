package network

import (
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/state"
)

// settle tells of those who are called otherwise because of what has been merged. The
// server of each who lost a nick makes that so for good. Others hear of that after what it
// follows from: see conclude.
func (n *Network) settle(tx *state.Tx) { n.settleBy(tx, Actor{}, &event.Event{}) }

// settleBy is settle for a change of nick that by has made in e.
func (n *Network) settleBy(tx *state.Tx, by Actor, e *event.Event) {
	renamed := tx.Renamed
	tx.Renamed = nil
	for _, r := range renamed {
		if b, own := e.Body.(event.NickChanged); own && r.User == by.User && r.New == b.Nick {
			n.tellNickChange(tx, by, e, b, r.Old)
			continue
		}
		n.tellRename(tx, r)
		if !r.Lost || !r.Local() {
			continue
		}
		own := n.event(Actor{}, event.Listed{}, fact(userKey(event.Nick, r.UID(), ""), r.UID()))
		for _, f := range own.Facts {
			tx.Merge(f)
		}
		n.owed = append(n.owed, own)
	}
}

// conclude publishes e, unless it is nil, and what followed from it.
func (n *Network) conclude(e *event.Event) {
	if e != nil {
		n.publish(e)
	}
	for _, o := range n.owed {
		n.publish(o)
	}
	n.owed = nil
}
