package history

import (
	"context"
	"slices"
	"sort"

	"github.com/parley-irc/parley/ircd/event"
)

// A view is what readers may see of a book at one time. Its parts are the
// segments, and last the loose entries.
type view struct {
	ring   *Ring
	sealed []*segment
	open   []loose
	skip   int         // so many of the first segment are evicted
	floor  event.Stamp // those before it have expired, or are not for the reader
	until  event.Stamp // those from here on are not for the reader; zero is no bound
}

// within returns what of a view is since a stamp and before another, either of which
// may be zero.
func (v view) within(since, until event.Stamp) view {
	if since.After(v.floor) {
		v.floor = since
	}
	v.until = until
	return v
}

func (v *view) parts() int { return len(v.sealed) + 1 }

// end returns the last stamp of a part, or zero if it is empty.
func (v *view) end(i int) event.Stamp {
	switch {
	case i < len(v.sealed):
		return v.sealed[i].end()
	case len(v.open) > 0:
		return v.open[len(v.open)-1].stamp()
	}
	return event.Stamp{}
}

// clip returns sp without what has expired, or is not for the reader.
func (v *view) clip(sp span) span {
	if v.floor.After(sp.lo) {
		sp.lo, sp.loOpen = v.floor, false
	}
	if !v.until.IsZero() && (sp.hi.IsZero() && !sp.hiOpen || !v.until.After(sp.hi)) {
		sp.hi, sp.hiOpen = v.until, true
	}
	return sp
}

// loose returns the loose entries that are in a span.
func (v *view) loose(sp *span) []loose {
	from := sort.Search(len(v.open), func(i int) bool { return !sp.early(v.open[i].stamp()) })
	to := sort.Search(len(v.open), func(i int) bool { return sp.late(v.open[i].stamp()) })
	return v.open[from:max(from, to)]
}

// backwards calls f for the entries of a part that are in a span, the last first, until it
// returns false. It may leave out those that skip tells to by their bytes.
func (v *view) backwards(i int, sp *span, skip func(payload string) bool, f func(*entry) bool) {
	if i < len(v.sealed) {
		for list := v.entries(i, sp); len(list) > 0; list = list[:len(list)-1] {
			if !f(&list[len(list)-1]) {
				return
			}
		}
		return
	}
	for list := v.loose(sp); len(list) > 0; list = list[:len(list)-1] {
		l := list[len(list)-1]
		if skip(l.payload) {
			continue
		}
		if e := l.entry(); !f(&e) {
			return
		}
	}
}

// entries returns the entries of a part that are in a span.
func (v *view) entries(i int, sp *span) []entry {
	if i == len(v.sealed) {
		return entriesOf(v.loose(sp))
	}
	list, err := v.sealed[i].entries()
	if err != nil {
		v.ring.refused.Add(1)
		return nil
	}
	if i == 0 {
		list = list[min(v.skip, len(list)):]
	}
	from := sort.Search(len(list), func(i int) bool { return !sp.early(list[i].stamp) })
	to := sort.Search(len(list), func(i int) bool { return sp.late(list[i].stamp) })
	return list[from:max(from, to)]
}

// span returns the parts, from one to before another, which may have entries in sp.
func (v *view) span(sp *span) (from, to int) {
	n := len(v.sealed)
	from = sort.Search(n, func(i int) bool { return !sp.early(v.sealed[i].end()) })
	to = sort.Search(n, func(i int) bool { return sp.late(v.sealed[i].begin()) })
	if len(v.open) > 0 && to == n && !sp.late(v.open[0].stamp()) {
		to++
	}
	return from, to
}

// walk calls f for the entries in sp, forwards or backwards, until it returns
// false. Segments that want refuses are left out; nil refuses none.
func (v *view) walk(ctx context.Context, sp span, back bool, want func(*segment) bool, f func(*entry) bool) error {
	sp = v.clip(sp)
	from, to := v.span(&sp)
	for n := range to - from {
		i := from + n
		if back {
			i = to - 1 - n
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if i < len(v.sealed) && want != nil && !want(v.sealed[i]) {
			continue
		}
		list := v.entries(i, &sp)
		if back {
			slices.Reverse(list)
		}
		for j := range list {
			if !f(&list[j]) {
				return nil
			}
		}
	}
	return nil
}

// collect returns up to limit events that a query wants of a span.
func (v *view) collect(ctx context.Context, sp span, back bool, limit int, q *Query) (list []*event.Event, err error) {
	if limit <= 0 {
		return nil, nil
	}
	want := func(s *segment) bool { return q.Kinds != Texts || s.texts > 0 || len(s.late) > 0 }
	err = v.walk(ctx, sp, back, want, func(e *entry) bool {
		if q.Kinds != 0 && q.Kinds&e.kind == 0 {
			return true
		}
		ev := v.ring.decode(e)
		if ev != nil && (q.Keep == nil || q.Keep(ev)) {
			list = append(list, ev)
		}
		return len(list) < limit
	})
	if back {
		slices.Reverse(list)
	}
	return list, err
}

// decode returns the event of an entry, or nil if it does not read: it
// may be of a newer version, and must not hide the others.
func (r *Ring) decode(e *entry) *event.Event {
	ev, err := e.event()
	if err != nil {
		r.refused.Add(1)
		return nil
	}
	return ev
}
