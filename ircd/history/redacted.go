package history

import (
	"context"
	"slices"

	"github.com/parley-irc/parley/ircd/event"
)

// That a message was redacted stays in its buffer as an event, and is stronger than any
// copy of the message: one that another server sends late, or one that was found in a
// damaged file.

// redacted reports whether there is an event by which the one with this stamp was
// removed. The lock is held.
func (b *book) redacted(s event.Stamp) bool {
	id := s.ID()
	features := []feature{featureOf(ofGone, id)}
	v := view{ring: b.ring, sealed: b.sealed, open: b.open}
	want := func(s *segment) bool { return s.may(features) }
	found := false
	_ = v.walk(context.Background(), span{lo: s, loOpen: true}, false, want, func(e *entry) bool {
		found = e.kind == Events && e.field(fieldGone) == id
		return !found
	})
	return found
}

// Redacted implements Log.
func (r *Ring) Redacted(buffer, msgid string) bool {
	s, ok := event.ParseID(msgid)
	b := r.lookup(buffer)
	if b == nil || !ok {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.redacted(s)
}

// bury removes what was redacted, and has been found again.
func (r *Ring) bury(b *book) {
	gone := map[string]bool{}
	v := view{ring: r, sealed: b.sealed, open: b.open}
	_ = v.walk(context.Background(), span{}, false, nil, func(e *entry) bool {
		if id := e.field(fieldGone); id != "" && e.kind == Events {
			gone[id] = true
		}
		return true
	})
	if len(gone) == 0 {
		return
	}
	var from event.Stamp
	for ok := true; ok; {
		_, from, _, ok = r.edit(b, after(from, nil), func(e *entry) (string, bool) { return "", !gone[e.stamp.ID()] })
	}
}

// untangle makes one of segments that overlap, as they do when a block and what has
// taken its place were both found in a damaged file.
func (r *Ring) untangle(b *book) {
	for i := 1; i < len(b.sealed); i++ {
		end, n := b.sealed[i-1].end(), i
		for n < len(b.sealed) && !b.sealed[n].first().After(end) {
			end = later(end, b.sealed[n].end())
			n++
		}
		if n > i {
			made := r.unite(b, b.sealed[i-1:n])
			b.sealed = slices.Replace(b.sealed, i-1, n, made...)
		}
	}
}

func later(s, t event.Stamp) event.Stamp {
	if t.After(s) {
		return t
	}
	return s
}

// unite makes segments of those that overlap. Of an entry that is in several, the one
// in the newest block counts.
func (r *Ring) unite(b *book, list []*segment) (made []*segment) {
	byAge := slices.Clone(list)
	slices.SortFunc(byAge, func(x, y *segment) int { return int(int64(x.serial) - int64(y.serial)) })
	entries := map[event.Stamp]entry{}
	var changes []Change
	for _, s := range byAge {
		some, err := s.entries()
		if err != nil {
			r.refused.Add(1)
		}
		for _, e := range some {
			entries[e.stamp] = e
		}
		changes = s.remove(changes, b.id)
	}
	all := make([]entry, 0, len(entries))
	for _, e := range entries {
		all = append(all, e)
	}
	slices.SortFunc(all, func(x, y entry) int { return compare(x.stamp, y.stamp) })
	for _, part := range r.split(all) {
		b.serial++
		s := newSegment(b.id, b.serial, part)
		made, changes = append(made, s), s.put(changes, b.id)
	}
	r.put(b, changes...)
	return made
}
