package network

import (
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/state"
)

// Expire removes timed entries (extban t) whose time is over. Each server removes
// those that were made on it; they count for nothing anywhere meanwhile.
func (n *Network) Expire() {
	now := n.Clock.Now()
	for _, ch := range n.World.Channels() {
		var over []modes.Change
		ch.View(func(v state.View) {
			for letter, entries := range v.Expired(now) {
				for _, e := range entries {
					if e.Origin() == n.Clock.Server() {
						over = append(over, modes.Change{Mode: n.World.Modes.ByLetter(letter), Param: e.Mask})
					}
				}
			}
		})
		if len(over) > 0 {
			n.ChangeModes(Actor{}, ch, over, true)
		}
	}
}
