package history

import (
	"slices"

	"github.com/parley-irc/parley/ircd/event"
)

// evict removes the oldest part of a book that exceeds its bounds, if any: a
// segment, or a few loose entries. It reports whether it did.
func (r *Ring) evict(b *book) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.gone || b.entries == 0 {
		return false
	}
	old := b.expired()
	large := b.limits.Bytes > 0 && b.size > b.limits.Bytes
	if len(b.sealed) > 0 {
		s := b.sealed[0]
		if !large && b.excess() < s.len() && !old.After(s.end()) {
			return false
		}
		r.shift(b)
		return true
	}
	n := 0
	if x := b.excess(); x >= b.slack() {
		n = x
	}
	for n < len(b.open) && old.After(b.open[n].stamp()) {
		n++
	}
	if n == 0 && large {
		n = (len(b.open) + 7) / 8
	}
	r.cut(b, n)
	return n > 0
}

// shift removes the first segment. The lock is held.
func (r *Ring) shift(b *book) {
	s := b.sealed[0]
	b.sealed = b.sealed[1:]
	if b.shifted++; b.shifted > len(b.sealed)/16 {
		// What is removed stays in memory until then.
		b.sealed, b.shifted = slices.Clone(b.sealed), 0
	}
	b.version++
	b.count(-s.len(), -s.size(), -s.records())
	r.evicted.Add(int64(s.len()))
	r.put(b, s.remove(nil, b.id)...)
}

// cut removes the first n loose entries. The lock is held.
func (r *Ring) cut(b *book, n int) {
	if n == 0 {
		return
	}
	size := sizeOf(b.open[:n])
	b.leave(n)
	b.open = slices.Clone(b.open[n:])
	b.loose -= size
	b.version++
	b.count(-n, -size, -int64(n))
	r.evicted.Add(int64(n))
}

// trim removes what has expired from a block that is not wholly so. Readers do not
// see it; but it must not stay for as long as a quiet channel takes to
// fill a block either. To do it seldom, it waits for a sixteenth of the age.
func (r *Ring) trim(b *book) {
	due := func(b *book) int {
		if b.limits.Age > 0 && len(b.sealed) > 0 && b.expiredFor(b.limits.Age/16).After(b.sealed[0].begin()) {
			return 0
		}
		return -1
	}
	b.mu.Lock()
	i, old := due(b), b.expired()
	b.mu.Unlock()
	if i < 0 {
		return
	}
	n, _, _, _ := r.edit(b, due, func(e *entry) (string, bool) { return "", !old.After(e.stamp) })
	r.evicted.Add(int64(n))
}

// shed removes the oldest of all, until the total is a little below its bound.
func (r *Ring) shed() {
	const spare = 32 // the part of the total that is freed in addition
	if !r.crowded() {
		return
	}
	var breath Breath
	for total := r.total.Load(); r.shedRound(total-total/spare, &breath); {
	}
}

// crowded reports whether the history has more than it may have in all.
func (r *Ring) crowded() bool {
	total := r.total.Load()
	return total > 0 && r.bytes.Load() > total
}

// shedRound removes some of the oldest parts of all books. It reports whether more
// has to go to get below a total.
func (r *Ring) shedRound(total int64, breath *Breath) bool {
	const most = 4 // parts of a book in one round
	type part struct {
		b   *book
		end event.Stamp
	}
	var parts []part
	known := event.Stamp{Ticks: 1<<64 - 1} // up to here, there are no other parts
	for _, b := range r.all() {
		b.mu.Lock()
		b.tally()
		v := view{sealed: b.sealed, open: b.open}
		for i := range min(v.parts(), most) {
			if end := v.end(i); !end.IsZero() {
				parts = append(parts, part{b, end})
			}
		}
		if last := v.end(most - 1); v.parts() > most && known.After(last) {
			known = last
		}
		b.mu.Unlock()
		breath.Take()
	}
	slices.SortFunc(parts, func(x, y part) int { return compare(x.end, y.end) })
	for _, p := range parts {
		if r.bytes.Load() <= total {
			return false
		}
		if p.end.After(known) {
			break
		}
		r.shedPart(p.b, p.end)
		breath.Take()
	}
	return len(parts) > 0 && r.bytes.Load() > total
}

// shedPart removes the oldest part of a book, or half of it if it is the loose
// entries, unless it ends after a stamp.
func (r *Ring) shedPart(b *book, end event.Stamp) {
	b.mu.Lock()
	switch {
	case b.gone:
	case len(b.sealed) > 0 && !b.sealed[0].end().After(end):
		r.shift(b)
	case len(b.sealed) == 0 && len(b.open) > 0 && !b.open[0].stamp().After(end):
		r.cut(b, (len(b.open)+1)/2)
	}
	b.mu.Unlock()
	r.removeEmpty(b)
}
