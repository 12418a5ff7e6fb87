package history

import (
	"context"
	"fmt"

	"github.com/parley-irc/parley/ircd/event"
)

// Query implements Log.
func (r *Ring) Query(ctx context.Context, buffer string, q Query) ([]*event.Event, error) {
	v, ok := r.view(buffer)
	if !ok {
		return nil, ctx.Err()
	}
	v = v.within(q.Since, q.Until)
	if !q.Around.IsZero() {
		return v.around(ctx, &q)
	}
	return v.collect(ctx, between(q.After, q.Before), q.Last, q.Limit, &q)
}

// around returns half of the events from before the point. Where one side has too
// few, the other has more.
func (v *view) around(ctx context.Context, q *Query) ([]*event.Event, error) {
	before := between(Point{}, q.Around)
	early, err := v.collect(ctx, before, true, q.Limit/2, q)
	if err != nil {
		return nil, err
	}
	late, err := v.collect(ctx, span{lo: q.Around.from}, false, q.Limit-len(early), q)
	if err != nil {
		return nil, err
	}
	if missing := q.Limit - len(early) - len(late); missing > 0 && len(early) == q.Limit/2 {
		if early, err = v.collect(ctx, before, true, q.Limit-len(late), q); err != nil {
			return nil, err
		}
	}
	return append(early, late...), nil
}

// Each implements Log.
func (r *Ring) Each(ctx context.Context, buffer string, f func(e *event.Event, ephemeral bool) bool) error {
	v, ok := r.view(buffer)
	if !ok {
		return ctx.Err()
	}
	return v.walk(ctx, span{}, false, nil, func(e *entry) bool {
		ev := r.decode(e)
		return ev == nil || f(ev, e.ephemeral)
	})
}

// Get implements Log.
func (r *Ring) Get(buffer, msgid string) (*event.Event, error) {
	v, _ := r.view(buffer)
	if s, ok := event.ParseID(msgid); ok {
		if e := v.get(s); e != nil {
			return e, nil
		}
	}
	return nil, notFound(msgid)
}

func notFound(msgid string) error { return fmt.Errorf("%w: %q", ErrNotFound, msgid) }

func (v *view) get(s event.Stamp) (found *event.Event) {
	features := []feature{idOf(s)}
	want := func(s *segment) bool { return s.may(features) }
	_ = v.walk(context.Background(), only(s), false, want, func(e *entry) bool {
		found = v.ring.decode(e)
		return false
	})
	return found
}

// Find implements Log.
func (r *Ring) Find(msgid string) (buffer string, e *event.Event, err error) {
	s, ok := event.ParseID(msgid)
	if !ok {
		return "", nil, notFound(msgid)
	}
	for _, b := range r.all() {
		b.mu.Lock()
		name, gone, v := b.name, b.gone, b.view()
		b.mu.Unlock()
		if gone {
			continue
		}
		if e := v.get(s); e != nil {
			return name, e, nil
		}
	}
	return "", nil, notFound(msgid)
}

// Related implements Log.
func (r *Ring) Related(ctx context.Context, buffer string, msgids []string, limit int) (list []*event.Event, err error) {
	v, ok := r.view(buffer)
	if !ok || len(msgids) == 0 || limit <= 0 {
		return nil, ctx.Err()
	}
	parents := make(map[string]bool, len(msgids))
	features := make([]feature, len(msgids))
	for i, id := range msgids {
		parents[id] = true
		features[i] = featureOf(ofParent, id)
	}
	want := func(s *segment) bool { return s.may(features) }
	err = v.walk(ctx, span{}, false, want, func(e *entry) bool {
		hit := false
		if e.kind&(Texts|Tags) != 0 {
			e.parents(func(id string) { hit = hit || parents[id] })
		}
		if hit {
			if ev := r.decode(e); ev != nil {
				list = append(list, ev)
			}
		}
		return len(list) < limit
	})
	return list, err
}
