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
	add := func(kind event.Kind, a string) {
		k := event.Key{Kind: kind, Scope: u.uid, A: a}
		if v, ok := tx.w.facts[k]; ok && !v.Gone {
			facts = append(facts, event.Fact{Key: k, Value: v})
		}
	}
	for _, kind := range userKinds {
		if kind != event.Oper {
			add(kind, "")
		}
	}
	id := u.Identity()
	for i := range letters {
		if id.Modes.Has(letters[i]) && letters[i] != modes.Oper {
			add(event.UserMode, letters[i:i+1])
		}
	}
	for _, m := range id.Silence {
		add(event.Silence, m.String())
	}
	for _, uid := range id.Accept {
		add(event.Accept, uid)
	}
	for _, n := range u.Metadata() {
		add(event.UserMeta, n.Key)
	}
	add(event.Away, Everywhere)
	add(event.Presence, Everywhere)
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
	slices.SortFunc(facts, func(a, b event.Fact) int {
		switch {
		case b.At.After(a.At):
			return -1
		case a.At.After(b.At):
			return 1
		}
		return int(a.Kind) - int(b.Kind)
	})
	return facts
}
