package network

import (
	"slices"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// absorbChannel merges facts about one channel, which may have been renamed.
func (n *Network) absorbChannel(tx *state.Tx, facts []event.Fact) {
	for len(facts) > 0 {
		name := tx.Locate(facts[0].Scope, facts[:1])
		var here, rest []event.Fact
		for _, f := range facts {
			if n.World.Mapping.Equal(tx.Locate(f.Scope, []event.Fact{f}), name) {
				here = append(here, f)
			} else {
				rest = append(rest, f)
			}
		}
		ch, _ := tx.Open(name)
		_ = ch.Update(func(cx state.ChannelTx) error {
			n.absorbIn(tx, cx, here)
			tx.Bury(cx)
			return nil
		})
		facts = rest
	}
}

func (n *Network) absorbIn(tx *state.Tx, cx state.ChannelTx, facts []event.Fact) {
	before := n.outline(cx)
	each := func(want func(f event.Fact) bool) {
		for _, f := range facts {
			switch {
			case !want(f):
			case f.Kind == event.Member:
				tx.MergeMember(cx, f)
			default:
				cx.Merge(f)
			}
		}
	}
	// Memberships first: they say which incarnation counts. One who is a member in
	// another way than before has not left.
	each(func(f event.Fact) bool { return f.Kind == event.Member && !f.Gone })
	each(func(f event.Fact) bool { return f.Kind == event.Member && f.Gone })
	each(func(f event.Fact) bool { return f.Kind != event.Member })
	tx.Raise(cx)
	n.boundAgain(cx)
	n.tellOutline(cx, before)
	n.unveilAll(cx)
}

// An outline is a picture with the members and the metadata.
type outline struct {
	*picture
	members []*state.Member
	notes   state.Metadata
}

// outline returns what members have been told of a channel, nil if none of them is
// connected here.
func (n *Network) outline(cx state.ChannelTx) *outline {
	members := cx.Members()
	if !slices.ContainsFunc(members, func(m *state.Member) bool { return m.Local() }) {
		return nil
	}
	return &outline{n.picture(cx), members, cx.View().Metadata()}
}

// tellOutline tells members what is different.
func (n *Network) tellOutline(cx state.ChannelTx, before *outline) {
	if before == nil {
		return
	}
	now := map[*state.User]bool{}
	for _, m := range cx.Members() {
		now[m.User] = true
	}
	was := map[*state.User]bool{}
	for _, m := range before.members {
		if was[m.User] = true; now[m.User] {
			continue
		}
		f := wire.One(message(n.event(Actor{User: m.User}, nil), "PART", cx.Name()))
		m.Deliver(f, nil)
		cx.BroadcastAbout(m, f, nil)
	}
	for _, m := range cx.Members() {
		if !was[m.User] {
			n.tellJoin(cx, m)
			before.status[m.UID()] = 0
		}
	}
	n.tellDifference(cx, before.picture)
	for _, f := range notesDifference(before.notes, cx.View().Metadata()) {
		n.tellChannelNote(cx, Actor{}, n.event(Actor{}, nil), f)
	}
}

// tellJoin shows one who has become a member to the others and, like any join, to its
// own clients.
func (n *Network) tellJoin(cx state.ChannelTx, m *state.Member) {
	cx.BroadcastAbout(m, n.joinFrame(n.event(Actor{User: m.User}, nil), m.User, cx.Name()), nil)
	n.welcomeOthers(cx, Actor{User: m.User}, m)
	n.tellNotes(cx, m)
}
