package state

import (
	"slices"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/event"
)

// A channel is its incarnation; the name is only where it is. Facts carry the
// name under which they were written, which after a renaming may be the old one:
// on every server they are facts about the channel wherever it is now, because
// one fact, of kind Place, says where that is. Of two servers that rename a
// channel at the same time, the later one prevails on all.

func placeKey(inc event.Stamp) event.Key { return event.Key{Kind: event.Place, Incarnation: inc} }

// place returns the name of the channel of an incarnation that was renamed.
func (w *World) place(inc event.Stamp) (name string, ok bool) { return w.facts.Get(placeKey(inc)) }

// claim returns since when the channel of an incarnation has its name. Of two
// channels of one name the older claim prevails, so that nobody takes a channel
// over by giving its name to one that is older.
func (w *World) claim(inc event.Stamp) event.Stamp {
	if v, ok := w.facts[placeKey(inc)]; ok {
		return v.At
	}
	return inc
}

// Locate returns the name of the channel that an event is about, which names it
// so: it may have been renamed since.
func (w *World) Locate(name string, facts []event.Fact) string {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return (&Tx{w: w}).Locate(name, facts)
}

// Locate is World.Locate.
func (tx *Tx) Locate(name string, facts []event.Fact) string {
	for _, f := range facts {
		if place, ok := tx.w.place(f.Incarnation); ok && f.Kind.OfChannel() {
			return place
		}
	}
	if key := tx.w.Mapping.Fold(name); len(facts) == 0 && tx.w.channels[key] == nil {
		if f, ok := tx.w.forwards[key]; ok {
			return f.ch.Name()
		}
	}
	return name
}

// Homes returns the channels in which there are members of an incarnation, other
// than the one of this name: one normally, which may be another's home as well.
func (tx *Tx) Homes(inc event.Stamp, but string) (all []*Channel) {
	key := tx.w.Mapping.Fold(but)
	for k, ch := range tx.w.channels {
		if k != key && (ch.memberships[inc] > 0 || ch.incarnation == inc) {
			all = append(all, ch)
		}
	}
	slices.SortFunc(all, func(a, b *Channel) int { return strings.Compare(string(a.Key()), string(b.Key())) })
	return all
}

// Outranks reports whether an incarnation has had the name of the channel for longer than
// the one that counts there: with a member, it will be the one that counts.
func (tx *Tx) Outranks(inc event.Stamp, cx ChannelTx) bool {
	return tx.w.claim(cx.ch.incarnation).After(tx.w.claim(inc))
}

// Whereabouts returns the names under which something is known of an incarnation: that
// of the channel first that its members are in.
func (tx *Tx) Whereabouts(inc event.Stamp) (names []string) {
	for _, ch := range tx.Homes(inc, "") {
		names = append(names, ch.Name())
	}
	of := func(facts event.Facts) bool {
		for k := range facts {
			if k.Incarnation == inc {
				return true
			}
		}
		return false
	}
	for key, ch := range tx.w.channels {
		_ = ch.Update(func(ChannelTx) error {
			if of(ch.facts) && !slices.Contains(names, ch.Name()) {
				names = append(names, ch.Name())
			}
			return nil
		})
		if g := tx.w.graves[key]; g != nil && of(g) && !slices.Contains(names, ch.Name()) {
			names = append(names, ch.Name())
		}
	}
	for key, facts := range tx.w.graves {
		if tx.w.channels[key] == nil && of(facts) {
			names = append(names, string(key))
		}
	}
	return names
}

// Place writes where a channel is, and returns where it is: elsewhere, if it has
// been renamed later.
func (tx *Tx) Place(f event.Fact) (name string) {
	tx.w.facts.Merge(f)
	name, _ = tx.w.place(f.Incarnation)
	return name
}

// Moved returns when the channel was last renamed; ok is false if it never was.
func (tx *Tx) Moved(cx ChannelTx) (at time.Time, ok bool) {
	v, ok := tx.w.facts[placeKey(cx.ch.incarnation)]
	return v.At.Time(), ok
}

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

// A forward leads from the old name of a channel to it.
type forward struct {
	ch    *Channel
	until time.Time
}

// maxForwards bounds the old names that are remembered.
const maxForwards = 4096

// Forward lets those who join the channel under an old name find it until then.
func (tx *Tx) Forward(old string, ch *Channel, now, until time.Time) {
	if len(tx.w.forwards) >= maxForwards {
		for key, f := range tx.w.forwards {
			if !now.Before(f.until) {
				delete(tx.w.forwards, key)
			}
		}
	}
	if len(tx.w.forwards) < maxForwards && now.Before(until) {
		tx.w.forwards[tx.w.Mapping.Fold(old)] = forward{ch, until}
	}
}

// Forwarded returns the channel that had this name, or nil.
func (tx *Tx) Forwarded(name string, now time.Time) *Channel {
	key := tx.w.Mapping.Fold(name)
	f, ok := tx.w.forwards[key]
	switch {
	case !ok:
		return nil
	case !now.Before(f.until), tx.w.channels[f.ch.Key()] != f.ch:
		delete(tx.w.forwards, key)
		return nil
	}
	return f.ch
}
