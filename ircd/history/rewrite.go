package history

import (
	"context"
	"fmt"
	"sort"

	"github.com/parley-irc/parley/ircd/event"
)

// at returns a function that finds the part in which an event is, if readers see it.
func at(s event.Stamp) func(*book) int {
	return func(b *book) int {
		v := b.view()
		sp := v.clip(only(s))
		if sp.late(sp.lo) {
			return -1 // expired
		}
		if _, found := find(v.open, s); found {
			return len(b.sealed)
		}
		i := sort.Search(len(v.sealed), func(i int) bool { return !s.After(v.sealed[i].end()) })
		if i == len(v.sealed) || i == 0 && v.skip > 0 && v.get(s) == nil {
			return -1
		}
		return len(b.sealed) - len(v.sealed) + i
	}
}

// purge removes what readers do not see because it exceeds the bound by count. It is
// done before something else is removed, or they would see it again.
func (r *Ring) purge(b *book) {
	left := 0
	for {
		b.mu.Lock()
		for len(b.sealed) > 0 && b.excess() >= b.sealed[0].len() {
			r.shift(b)
		}
		if len(b.sealed) == 0 {
			r.cut(b, min(b.excess(), len(b.open)))
		}
		none := b.gone || b.excess() == 0
		b.mu.Unlock()
		if none {
			return
		}
		n, _, _, _ := r.edit(b, func(b *book) int {
			left = b.excess()
			if left == 0 || len(b.sealed) == 0 || left >= b.sealed[0].len() {
				return -1
			}
			return 0
		}, func(*entry) (string, bool) {
			left--
			return "", left < 0
		})
		r.evicted.Add(int64(n))
	}
}

// Rewrite implements Log.
func (r *Ring) Rewrite(buffer, msgid string, f func(*event.Event) *event.Event) (Ticket, error) {
	s, ok := event.ParseID(msgid)
	b := r.lookup(buffer)
	if b == nil || !ok {
		return 0, notFound(msgid)
	}
	r.purge(b)
	var failed error
	n, _, t, _ := r.edit(b, at(s), func(e *entry) (string, bool) {
		if e.stamp != s {
			return "", true
		}
		var payload string
		payload, failed = rewritten(e, f)
		return payload, failed != nil
	})
	switch {
	case failed != nil:
		return 0, fmt.Errorf("rewrite %q: %w", msgid, failed)
	case n == 0:
		return 0, notFound(msgid)
	}
	r.schedule(b)
	return t, nil
}

func rewritten(e *entry, f func(*event.Event) *event.Event) (payload string, err error) {
	old, err := e.event()
	if err != nil {
		return "", err
	}
	made := f(old)
	if made == nil {
		return "", nil
	}
	moved := *made
	moved.Stamp = e.stamp
	b, err := appendEntry(nil, &moved)
	return string(b), err
}

// DropAuthor implements Log.
func (r *Ring) DropAuthor(ctx context.Context, account string, until event.Stamp) (total int, last Ticket, err error) {
	if account == "" {
		return 0, 0, nil
	}
	features := []feature{featureOf(ofName, foldName(account))}
	for _, b := range r.all() {
		r.purge(b)
		var from event.Stamp
		for {
			if err := ctx.Err(); err != nil {
				return total, last, err
			}
			n, end, t, ok := r.edit(b, after(from, features), func(e *entry) (string, bool) {
				return "", e.field(fieldAccount) != account || !until.IsZero() && !until.After(e.stamp)
			})
			if !ok {
				break
			}
			total, last, from = total+n, max(last, t), end
		}
		r.schedule(b)
	}
	return total, last, nil
}

// after returns a function that finds the first part which ends after from and may
// have one of some features; without features, the first one.
func after(from event.Stamp, features []feature) func(*book) int {
	return func(b *book) int {
		for i, s := range b.sealed {
			if s.end().After(from) && (features == nil || s.may(features)) {
				return i
			}
		}
		if n := len(b.open); n > 0 && b.open[n-1].stamp().After(from) {
			return len(b.sealed)
		}
		return -1
	}
}

// Drop implements Log.
func (r *Ring) Drop(buffer string) Ticket {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.books[buffer]
	if b == nil {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return r.remove(b)
}

// Rename implements Log.
func (r *Ring) Rename(buffer, name string) (Ticket, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.books[buffer]
	switch {
	case buffer == name:
		return 0, nil
	case b == nil:
		return 0, fmt.Errorf("%w: %q", ErrNotFound, buffer)
	case r.books[name] != nil:
		return 0, fmt.Errorf("%w: %q", ErrExists, name)
	}
	if l, ok := r.policies[buffer]; ok {
		r.policies[name] = l
		delete(r.policies, buffer)
	}
	r.unlist(buffer)
	r.books[name] = b
	r.list(name)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.name = name
	b.follow(r.policies[name])
	if !b.written {
		return 0, nil
	}
	return r.rename(b, b.named()), nil
}
