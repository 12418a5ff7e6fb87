package state

import (
	"fmt"
	"slices"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/event"
)

// Verify returns where the view is not what follows from the facts. It is for tests: the
// two are kept together step by step, and must not drift apart whatever the steps are.
func (w *World) Verify() (wrong []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, u := range w.users {
		for _, b := range u.berths {
			if u.here {
				wrong = append(wrong, fmt.Sprintf("%s is here, and has a berth in %s", u.uid, b.key))
			}
		}
	}
	keys := []casemap.Folded{}
	for key := range w.channels {
		keys = append(keys, key)
	}
	for key := range w.graves {
		if w.channels[key] == nil {
			keys = append(keys, key)
		}
	}
	for _, key := range keys {
		w.inChannel(key, func(facts event.Facts) { wrong = append(wrong, w.verifyChannel(key, facts)...) })
	}
	return wrong
}

func (w *World) verifyChannel(key casemap.Folded, facts event.Facts) (wrong []string) {
	ch := w.channels[key]
	for k, v := range facts {
		if place, ok := w.place(k.Incarnation); ok && w.Mapping.Fold(place) != key {
			wrong = append(wrong, fmt.Sprintf("%s has a fact of kind %d about a channel that is %s", key, k.Kind, place))
		}
		if k.Kind != event.Member || v.Gone || k.Incarnation.IsZero() {
			continue
		}
		switch u := w.users[k.A]; {
		case u == nil || !u.here:
			if u != nil && !slices.ContainsFunc(u.berths, func(b berth) bool { return b.inc == k.Incarnation }) {
				wrong = append(wrong, fmt.Sprintf("%s is not here, and has no berth in %s", k.A, key))
			}
		case ch == nil || ch.members[k.A] == nil || !ch.members[k.A].isOf(k.Incarnation):
			wrong = append(wrong, fmt.Sprintf("%s is no member of %s, as a fact says", k.A, key))
		}
	}
	if ch == nil {
		return wrong
	}
	for uid, m := range ch.members {
		for _, o := range m.of {
			k := event.Key{Kind: event.Member, Scope: string(key), Incarnation: o.inc, A: uid}
			if v, ok := facts[k]; !ok || v.Gone || v.At != o.at {
				wrong = append(wrong, fmt.Sprintf("%s is a member of %s, which no fact says", uid, key))
			}
		}
	}
	return wrong
}
