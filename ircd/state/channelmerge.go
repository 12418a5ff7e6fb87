package state

import (
	"slices"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/extban"
	"github.com/parley-irc/parley/ircd/modes"
)

// Open returns the channel of this name. If there is none it creates one, which
// the World knows once it has a member.
func (tx *Tx) Open(name string) (ch *Channel, created bool) {
	if ch := tx.w.channels[tx.w.Mapping.Fold(name)]; ch != nil {
		return ch, false
	}
	return tx.w.newChannel(name), true
}

// MergeMember writes a fact about a membership, and reports whether it is news.
func (tx *Tx) MergeMember(cx ChannelTx, f event.Fact) bool {
	ch, u := cx.ch, tx.w.users[f.A]
	f.Scope = string(ch.Key()) // the fact may have been written under an old name
	if u == nil && !f.Gone {
		if u = tx.meet(event.Fact{Key: event.Key{Scope: f.A}, Value: f.Value}); u == nil {
			return false // one who has left
		}
	}
	if !ch.facts.Merge(f) {
		return false
	}
	if f.Gone && !tx.w.Linked {
		delete(ch.facts, f.Key)
	}
	switch {
	case u == nil || f.Incarnation.IsZero():
	case f.Gone:
		tx.leave(ch, u, f.Incarnation)
	case u.here:
		tx.join(ch, u, f)
	default:
		u.park(berth{f.Incarnation, ch.Key(), ch.Has(modes.Delayed)})
	}
	return true
}

// bury forgets a channel without members, unless it is permanent.
func (tx *Tx) bury(ch *Channel) {
	if len(ch.rosterOf) > 0 || ch.Has(modes.Permanent) || ch.Has(modes.Registered) {
		return
	}
	key := ch.Key()
	if tx.w.channels[key] == ch {
		delete(tx.w.channels, key)
	}
	switch {
	case !tx.w.Linked:
		delete(tx.w.facts, placeKey(ch.incarnation))
	case tx.w.graves[key] == nil && len(ch.facts) > 0:
		tx.w.graves[key] = ch.facts
	default:
		for k, v := range ch.facts {
			tx.w.graves[key].Merge(event.Fact{Key: k, Value: v})
		}
	}
}

// Bury forgets the channel if it has no members and is not permanent any more.
func (tx *Tx) Bury(cx ChannelTx) { tx.bury(cx.ch) }

// Restore makes a channel that has no members known: one that is permanent.
func (tx *Tx) Restore(cx ChannelTx, incarnation event.Stamp) {
	cx.ch.incarnation = incarnation
	tx.w.channels[cx.ch.Key()] = cx.ch
}

// Raise makes the view follow that a channel lasts, or that one does of that name in which
// there may be nobody. Whoever merges such a fact that may be of another incarnation calls
// it.
func (tx *Tx) Raise(cx ChannelTx) {
	if tx.choose(cx.ch); cx.ch.Has(modes.Permanent) || cx.ch.Has(modes.Registered) {
		tx.w.channels[cx.ch.Key()] = cx.ch
	}
	tx.divided(cx.ch)
}

// Lasts reports whether a fact says that a channel stays when the last member leaves.
func Lasts(f event.Fact) bool {
	return f.Kind == event.Mode && (f.A[0] == modes.Permanent || f.A[0] == modes.Registered)
}

// Merge writes a fact about the channel other than a membership, and reports
// whether it is news and counts.
func (cx ChannelTx) Merge(f event.Fact) bool {
	f.Scope = string(cx.ch.Key())
	if !cx.ch.facts.Merge(f) {
		return false
	}
	if f.Incarnation != cx.ch.incarnation {
		return false
	}
	changed := cx.ch.show(f)
	if f.Gone && !cx.ch.world.Linked {
		delete(cx.ch.facts, f.Key)
	}
	return changed
}

// rebuild makes the view anew from the facts of the channel's incarnation.
func (ch *Channel) rebuild() {
	ch.flags.Store(0)
	clear(ch.params)
	clear(ch.lists)
	ch.topic, ch.meta, ch.floods = event.TopicText{}, nil, floods{}
	for _, m := range ch.rosterOf {
		m.status.Store(0)
	}
	for k, v := range ch.facts {
		if k.Incarnation == ch.incarnation && !v.Gone {
			ch.show(event.Fact{Key: k, Value: v})
		}
	}
}

// show makes the view follow a fact, and reports whether the fact counts.
func (ch *Channel) show(f event.Fact) bool {
	switch f.Kind {
	case event.Status:
		return ch.showStatus(f)
	case event.Mode:
		letter := f.A[0]
		ch.flags.Store(uint64(modes.Set(ch.flags.Load()).With(letter, !f.Gone)))
		delete(ch.params, letter)
		if f.Text != "" && !f.Gone {
			ch.params[letter] = f.Text
		}
		if letter == modes.Flood || letter == modes.JoinThrottle {
			ch.floods.configure(ch.params[modes.Flood], ch.params[modes.JoinThrottle])
		}
	case event.List:
		return ch.showEntry(f)
	case event.Topic:
		ch.topic = event.Unpack[event.TopicText](f.Text)
	case event.ChannelMeta:
		ch.meta = ch.meta.after(f)
	case event.Name:
		if key := ch.Key(); ch.world.Mapping.Fold(f.Text) == key {
			ch.names.Store(&names{f.Text, key})
		}
	}
	return true
}

func (ch *Channel) showEntry(f event.Fact) bool {
	b, err := extban.Parse(ch.world.Mapping, f.B)
	if err != nil {
		return false
	}
	list := slices.DeleteFunc(slices.Clone(ch.lists[f.A[0]]), func(e *Entry) bool { return e.Mask == f.B })
	if !f.Gone {
		list = append(list, &Entry{Mask: f.B, Ban: b, Entry: event.Unpack[event.Entry](f.Text), at: f.At})
		slices.SortStableFunc(list, func(a, b *Entry) int {
			switch {
			case a.at.After(b.at):
				return 1
			case b.at.After(a.at):
				return -1
			}
			return 0
		})
	}
	ch.lists[f.A[0]] = list
	return true
}

// Stash keeps facts about a channel that does not exist here yet.
func (tx *Tx) Stash(facts []event.Fact) {
	for _, f := range facts {
		if place, ok := tx.w.place(f.Incarnation); ok {
			f.Scope = string(tx.w.Mapping.Fold(place))
		}
		key := casemap.Folded(f.Scope)
		if tx.w.graves[key] == nil {
			tx.w.graves[key] = event.Facts{}
		}
		tx.w.graves[key].Merge(f)
	}
}

// Lasting returns the facts of the channel that outlive its members: its name,
// modes, lists, topic and metadata. On linked servers that is also what is no longer
// so.
func (v View) Lasting() (facts []event.Fact) {
	for k, val := range v.ch.facts {
		switch k.Kind {
		case event.Name, event.Mode, event.List, event.Topic, event.ChannelMeta:
			if k.Incarnation == v.ch.incarnation {
				facts = append(facts, event.Fact{Key: k, Value: val})
			}
		}
	}
	return facts
}

// Incarnation returns the stamp of the channel's creation.
func (v View) Incarnation() event.Stamp { return v.ch.incarnation }
