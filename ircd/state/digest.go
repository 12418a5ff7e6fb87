package state

import (
	"slices"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
)

// Servers compare what they know by sums of the facts that count, and then ask for what
// differs. Facts that count for nothing (tombstones, what belongs to those who have
// left, incarnations that nobody is in) are in no sum, so that it makes no difference
// which of them a server has forgotten; but they are sent, because a tombstone is how
// another server learns that a fact does not hold any more.

// A scope of facts is "n" for those about the network, "u" and the UID for those about
// a user, or "c" and the folded name for those about a channel.
const (
	networkScope = "n"
	userScope    = "u"
	channelScope = "c"
)

// atOnce is how many users or channels are read before others may change something.
const atOnce = 64

// Sums calls f for each scope in which something counts, with a sum of that.
func (w *World) Sums(f func(scope string, sum uint64)) {
	w.mu.RLock()
	users := make([]*User, 0, len(w.users))
	for _, u := range w.users {
		users = append(users, u)
	}
	w.mu.RUnlock()
	for chunk := range slices.Chunk(users, atOnce) {
		w.mu.RLock()
		for _, u := range chunk {
			if sum, ok := w.userSum(u); ok {
				f(userScope+u.uid, sum)
			}
		}
		w.mu.RUnlock()
	}
	for chunk := range slices.Chunk(w.places(), atOnce) {
		w.mu.RLock()
		for _, key := range chunk {
			w.inChannel(key, func(facts event.Facts) {
				if sum, live := w.channelSum(facts); live {
					f(channelScope+string(key), sum)
				}
			})
		}
		w.mu.RUnlock()
	}
	w.mu.RLock()
	defer w.mu.RUnlock()
	f(networkScope, w.networkSum())
}

// places returns the names of all channels, also of those that nobody is in here.
func (w *World) places() (all []casemap.Folded) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	for key := range w.channels {
		all = append(all, key)
	}
	for key := range w.graves {
		if w.channels[key] == nil {
			all = append(all, key)
		}
	}
	return all
}

// inChannel calls f with the facts about a channel. The World's lock must be held.
func (w *World) inChannel(key casemap.Folded, f func(event.Facts)) {
	if ch := w.channels[key]; ch != nil {
		ch.mu.Lock()
		defer ch.mu.Unlock()
		f(ch.facts)
		return
	}
	f(w.graves[key])
}

func (w *World) livesUID(uid string) bool {
	u := w.users[uid]
	return u != nil && slices.ContainsFunc(u.where, w.valid)
}

func (w *World) userSum(u *User) (sum uint64, ok bool) {
	for _, s := range u.where {
		if w.valid(s) {
			ok = true
			sum += factSum(event.Key{Kind: event.Presence, A: s.server}, s.Value)
		}
	}
	if !ok {
		return 0, false
	}
	for k, v := range u.facts {
		if !v.Gone {
			sum += factSum(event.Key{Kind: k.kind, A: k.a}, v)
		}
	}
	return sum, true
}

func (w *World) channelSum(facts event.Facts) (sum uint64, live bool) {
	lives := w.living(facts)
	for k, v := range facts {
		if w.counts(facts, lives, k, v) {
			sum += factSum(k, v)
		}
	}
	return sum, len(lives) > 0
}

// living returns the incarnations of a channel that have members anywhere, or last.
func (w *World) living(facts event.Facts) map[event.Stamp]bool {
	lives := map[event.Stamp]bool{}
	for k, v := range facts {
		switch {
		case v.Gone:
		case k.Kind == event.Member && w.livesUID(k.A),
			k.Kind == event.Mode && (k.A[0] == modes.Permanent || k.A[0] == modes.Registered):
			lives[k.Incarnation] = true
		}
	}
	return lives
}

// counts reports whether a fact about a channel means anything.
func (w *World) counts(facts event.Facts, lives map[event.Stamp]bool, k event.Key, v event.Value) bool {
	if v.Gone || !lives[k.Incarnation] {
		return false
	}
	switch k.Kind {
	case event.Member, event.Invite:
		return w.livesUID(k.A)
	case event.Status:
		m, ok := facts[event.Key{Kind: event.Member, Scope: k.Scope, Incarnation: k.Incarnation, A: k.A}]
		return ok && !m.Gone && !m.At.After(v.At) && w.livesUID(k.A)
	}
	return true
}

// networkSum is that of the facts about the network. Where a channel has moved is in it
// also when nobody is in the channel any more: a server that has not heard of the move
// would ask for the end of that under the wrong name.
func (w *World) networkSum() (sum uint64) {
	for k, v := range w.facts {
		if !v.Gone {
			sum += factSum(k, v)
		}
	}
	return sum
}

// factSum is FNV-1a of a fact without its scope.
func factSum(k event.Key, v event.Value) uint64 {
	h := sum(14695981039346656037)
	h = h.byte(byte(k.Kind)).stamp(k.Incarnation).text(k.A).text(k.B).stamp(v.At).text(v.Text)
	x := uint64(h) // spread, because sums are added
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	return x ^ x>>33
}

type sum uint64

func (h sum) byte(b byte) sum { return (h ^ sum(b)) * 1099511628211 }

func (h sum) text(s string) sum {
	for i := range len(s) {
		h = (h ^ sum(s[i])) * 1099511628211
	}
	return h.byte(0xff) // no UTF-8 has that
}

func (h sum) stamp(s event.Stamp) sum {
	for i := 0; i < 64; i += 8 {
		h = h.byte(byte(s.Ticks >> i))
	}
	return h.text(s.Server)
}
