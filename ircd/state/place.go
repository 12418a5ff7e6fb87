package state

import (
	"slices"
	"strings"
	"time"

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
