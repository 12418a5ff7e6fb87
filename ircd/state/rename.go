package state

import (
	"slices"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/event"
)

// Rename gives the channel of cx the name of the one of to, which nobody is in. It
// reports false, and does nothing, if that is more than a matter of the name: the
// channel is then the home of another incarnation as well, or to has members.
func (tx *Tx) Rename(cx, to ChannelTx, inc event.Stamp) bool {
	ch, old, key := cx.ch, cx.ch.Key(), to.ch.Key()
	if len(to.ch.rosterOf) > 0 || ch.incarnation != inc || len(ch.memberships) > 1 || len(ch.rosterOf) > ch.memberships[inc] {
		return false
	}
	facts := ch.facts
	ch.facts = event.Facts{}
	ch.names.Store(to.ch.names.Load())
	delete(tx.w.channels, old)
	tx.w.channels[key] = ch
	delete(tx.w.forwards, key)
	for k, v := range facts {
		f := event.Fact{Key: k, Value: v}
		if f.Incarnation != inc {
			tx.Stash([]event.Fact{f})
			continue
		}
		f.Scope = string(key)
		ch.facts.Merge(f)
	}
	// What servers that heard of it before have said since.
	for k, v := range to.ch.facts {
		tx.mergeIn(cx, event.Fact{Key: k, Value: v})
	}
	return true
}

// Extract moves the members of an incarnation, and all that is so of it, from one
// channel to another.
func (tx *Tx) Extract(from, to ChannelTx, inc event.Stamp) {
	for _, m := range from.ch.rosterOf {
		if from.ch.withdraw(m, inc); len(m.of) == 0 {
			tx.remove(from.ch, m)
		}
	}
	tx.adopt(to, from.ch.facts, inc)
	from.ch.rebuild()
	tx.elect(from.ch)
	tx.bury(from.ch)
}

// Exhume moves what is known of an incarnation that nobody is in here, perhaps because
// they are out of reach, from an old name to a channel. The channels of locked are
// locked already.
func (tx *Tx) Exhume(old string, to ChannelTx, inc event.Stamp, locked []ChannelTx) {
	key := tx.w.Mapping.Fold(old)
	if key == to.ch.Key() {
		return
	}
	ch := tx.w.channels[key]
	if ch == nil {
		tx.adopt(to, tx.w.graves[key], inc)
		return
	}
	for _, cx := range locked {
		if cx.ch == ch {
			tx.adopt(to, ch.facts, inc)
			return
		}
	}
	_ = ch.Update(func(ChannelTx) error { tx.adopt(to, ch.facts, inc); return nil })
}

func (tx *Tx) adopt(to ChannelTx, facts event.Facts, inc event.Stamp) {
	var moved []event.Fact
	for k, v := range facts {
		if f := (event.Fact{Key: k, Value: v}); f.Incarnation == inc {
			delete(facts, k)
			moved = append(moved, f)
		}
	}
	if len(moved) == 0 {
		return
	}
	slices.SortFunc(moved, func(a, b event.Fact) int { // so that members stay in their order
		if a.At.After(b.At) {
			return 1
		}
		return -1
	})
	for _, f := range moved {
		tx.mergeIn(to, f)
	}
	if !tx.choose(to.ch) {
		to.ch.rebuild()
	}
}

func (tx *Tx) mergeIn(cx ChannelTx, f event.Fact) {
	if f.Kind == event.Member {
		tx.MergeMember(cx, f)
	} else {
		cx.Merge(f)
	}
}

// MergeAnywhere writes a fact about a channel that may be any; with nobody in it,
// the fact is kept for later. The channels of locked are locked already.
func (tx *Tx) MergeAnywhere(f event.Fact, locked []ChannelTx) {
	key := casemap.Folded(f.Scope)
	if place, ok := tx.w.place(f.Incarnation); ok {
		key = tx.w.Mapping.Fold(place)
	}
	ch := tx.w.channels[key]
	for _, cx := range locked {
		if cx.ch == ch || ch == nil && cx.ch.Key() == key {
			tx.mergeIn(cx, f)
			return
		}
	}
	if ch == nil {
		tx.Stash([]event.Fact{f})
		return
	}
	_ = ch.Update(func(cx ChannelTx) error { tx.mergeIn(cx, f); return nil })
}

// Restated returns the facts that make all members those of the channel's own
// incarnation, under its new name: after a split, some may have joined one that did
// not prevail.
func (cx ChannelTx) Restated(to casemap.Folded) (facts []event.Fact) {
	own := cx.Key(event.Member, "", "")
	own.Scope = string(to)
	for _, m := range cx.ch.rosterOf {
		if m.isOf(own.Incarnation) {
			continue
		}
		own.A = m.uid
		facts = append(append(facts, m.Left()...), event.Fact{Key: own})
	}
	return facts
}

// Divided reports whether there are members of several incarnations.
func (cx ChannelTx) Divided() bool { return len(cx.ch.memberships) > 1 }

// Last returns when a fact about the channel was written last, zero if never.
func (cx ChannelTx) Last(k event.Key) event.Stamp { return cx.ch.facts[k].At }

// Counts reports whether the member is one of the incarnation that counts.
func (m *Member) Counts() bool { return m.isOf(m.Channel.incarnation) }
