package history

import (
	"context"
	"slices"
	"strings"

	"github.com/parley-irc/parley/ircd/event"
)

// A TargetsQuery asks for the buffers whose latest message is between two times.
// https://ircv3.net/specs/extensions/chathistory#targets
type TargetsQuery struct {
	// Of is the identity whose conversations are looked at, or "".
	Of string
	// In are the buffers that are looked at besides.
	In []Scope
	// First and Second bound the time of the latest message, and First may be
	// the later one. Limit counts from First. Zero is no bound.
	First, Second Point
	Limit         int
	// Keep decides which messages the asker may see; nil is all.
	Keep func(buffer string, e *event.Event) bool
}

// A Target is a buffer with its latest message.
type Target struct {
	Buffer string
	Latest *event.Event
}

// Targets implements Log. The result is in ascending order of time.
func (r *Ring) Targets(ctx context.Context, q TargetsQuery) ([]Target, error) {
	sp := between(q.First, q.Second)
	back := !q.Second.IsZero() && q.First.from.After(q.Second.from)
	if back {
		sp = between(q.Second, q.First)
	}
	var list []Target
	for _, in := range r.candidates(&q) {
		last := Latest(Point{}, 1)
		last.Kinds, last.Since, last.Until = Texts, in.Since, in.Until
		if q.Keep != nil {
			last.Keep = func(e *event.Event) bool { return q.Keep(in.Buffer, e) }
		}
		found, err := r.Query(ctx, in.Buffer, last)
		if err != nil {
			return nil, err
		}
		if len(found) > 0 && !sp.early(found[0].Stamp) && !sp.late(found[0].Stamp) {
			list = append(list, Target{in.Buffer, found[0]})
		}
	}
	slices.SortStableFunc(list, func(x, y Target) int { return compare(x.Latest.Stamp, y.Latest.Stamp) })
	limit := min(max(q.Limit, 0), len(list))
	if back {
		return list[len(list)-limit:], nil
	}
	return list[:limit], nil
}

// candidates returns the buffers that a query looks at, each once.
func (r *Ring) candidates(q *TargetsQuery) []Scope {
	list := slices.Clone(q.In)
	if q.Of != "" {
		r.mu.RLock()
		for name := range r.talks[q.Of] {
			list = append(list, Scope{Buffer: name})
		}
		r.mu.RUnlock()
	}
	slices.SortStableFunc(list, func(x, y Scope) int { return strings.Compare(x.Buffer, y.Buffer) })
	return slices.CompactFunc(list, func(x, y Scope) bool { return x.Buffer == y.Buffer })
}
