package state

import (
	"slices"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
)

// Facts returns what is kept of u while the server does not run: all but where u
// is connected, and what an operator may do.
func (tx *Tx) Facts(u *User) []event.Fact {
	var facts []event.Fact
	for k, v := range u.facts {
		oper := k.kind == event.Oper || k.kind == event.UserMode && k.a == string(rune(modes.Oper))
		if v.Gone || oper || k.kind == event.Away && k.a != Everywhere {
			continue
		}
		facts = append(facts, event.Fact{Key: event.Key{Kind: k.kind, Scope: u.uid, A: k.a}, Value: v})
	}
	slices.SortFunc(facts, CompareFacts)
	for _, s := range u.where {
		if s.server == Everywhere && !s.Gone { // the last, so that the user appears with all else
			k := event.Key{Kind: event.Presence, Scope: u.uid, A: Everywhere}
			facts = append(facts, event.Fact{Key: k, Value: s.Value})
		}
	}
	return facts
}

// Facts returns what is kept of the channel for the sake of a member, while the
// server does not run. lists says whether that includes the lists of masks.
func (cx ChannelTx) Facts(m *Member, lists bool) (facts []event.Fact) {
	for k, v := range cx.ch.facts {
		if v.Gone || k.Kind != event.Member && k.Incarnation != cx.ch.incarnation {
			continue
		}
		switch k.Kind {
		case event.Member, event.Status:
			if k.A != m.uid {
				continue
			}
		case event.Invite:
			continue
		case event.List:
			if !lists {
				continue
			}
		}
		facts = append(facts, event.Fact{Key: k, Value: v})
	}
	slices.SortFunc(facts, CompareFacts)
	return facts
}
