package state

import (
	"slices"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/event"
)

// Facts that count for nothing are kept until every server of the network has seen what
// ended them: until then, an earlier one may come from a server that has not.

// Collect forgets what counts for nothing and is settled: seen by every server. It
// returns how much of the kind is left, because it is not settled yet.
func (w *World) Collect(settled func(event.Stamp) bool) (left int) {
	moved := map[event.Stamp]bool{}
	for _, chunk := range [][]casemap.Folded{w.places()} {
		for _, key := range chunk {
			w.mu.Lock()
			left += w.collectChannel(key, moved, settled)
			w.mu.Unlock()
		}
	}
	w.mu.RLock()
	users := make([]*User, 0, len(w.users))
	for _, u := range w.users {
		users = append(users, u)
	}
	w.mu.RUnlock()
	for chunk := range slices.Chunk(users, atOnce) {
		w.mu.Lock()
		for _, u := range chunk {
			left += w.collectUser(u, settled)
		}
		w.mu.Unlock()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for uid, where := range w.departed {
		if slices.ContainsFunc(where, func(s sojourn) bool { return !settled(s.At) }) {
			left++
		} else {
			delete(w.departed, uid)
		}
	}
	for k, v := range w.facts {
		if !v.Gone && (k.Kind != event.Place || moved[k.Incarnation]) {
			continue
		}
		if settled(v.At) {
			delete(w.facts, k)
		} else {
			left++
		}
	}
	return left
}

// collectChannel collects what is known of a channel, and adds the incarnations that
// live to moved.
func (w *World) collectChannel(key casemap.Folded, moved map[event.Stamp]bool, settled func(event.Stamp) bool) (left int) {
	w.inChannel(key, func(facts event.Facts) {
		lives := w.living(facts)
		for inc := range lives {
			moved[inc] = true
		}
		if ch := w.channels[key]; ch != nil {
			moved[ch.incarnation] = true
		}
		for k, v := range facts {
			if w.counts(facts, lives, k, v) {
				continue
			}
			if settled(v.At) {
				delete(facts, k)
			} else {
				left++
			}
		}
	})
	if g, ok := w.graves[key]; ok && len(g) == 0 {
		delete(w.graves, key)
	}
	return left
}

func (w *World) collectUser(u *User, settled func(event.Stamp) bool) (left int) {
	if w.users[u.uid] != u {
		return 0
	}
	for k, v := range u.facts {
		switch {
		case !v.Gone:
		case settled(v.At):
			delete(u.facts, k)
		default:
			left++
		}
	}
	u.where = slices.DeleteFunc(u.where, func(s sojourn) bool {
		switch {
		case w.valid(s):
			return false
		case settled(s.At):
			return true
		}
		left++
		return false
	})
	u.berths = slices.DeleteFunc(u.berths, func(b berth) bool { return !w.moored(u, b) })
	if len(u.where) > 0 || u.here {
		return left
	}
	// Somebody has told of a user whom nobody else has heard of.
	left += len(u.berths)
	if left > 0 {
		return left
	}
	for _, v := range u.facts {
		if !settled(v.At) {
			return left + 1
		}
	}
	delete(w.users, u.uid)
	return left
}

// moored reports whether the membership of a berth is known still.
func (w *World) moored(u *User, b berth) (is bool) {
	key := b.key
	if place, ok := w.place(b.inc); ok {
		key = w.Mapping.Fold(place)
	}
	w.inChannel(key, func(facts event.Facts) {
		_, is = facts[event.Key{Kind: event.Member, Scope: string(key), Incarnation: b.inc, A: u.uid}]
	})
	return is
}
