package spamfilter

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-irc/parley/ircd/hits"
	"github.com/parley-irc/parley/ircd/store"
)

// Errors.
var (
	ErrNotFound = errors.New("there is no such spam filter")
	// ErrConfigured means that a filter comes from the configuration.
	ErrConfigured = errors.New("the spam filter is one of the configuration")
	// ErrFull means that there are as many filters as there can be.
	ErrFull = errors.New("there are too many spam filters")
)

// Most is how many filters a network may have.
const Most = 1000

// A Service is the spam filters of a network, as one server knows them.
type Service struct {
	store  store.Store
	log    *slog.Logger
	hits   *hits.Counts
	cancel func()
	table  atomic.Pointer[table]

	mu         sync.Mutex
	shared     map[string]*matcher // by ID
	configured []*matcher
}

// Open returns the filters in st, for the server with this SID.
func Open(ctx context.Context, st store.Store, sid string, log *slog.Logger) (*Service, error) {
	s := &Service{store: st, log: log, shared: map[string]*matcher{}}
	s.table.Store(&table{})
	var err error
	if s.hits, err = hits.Open(ctx, st, store.FilterHits, sid, log); err != nil {
		return nil, err
	}
	if s.cancel, err = st.Watch(ctx, store.Filters, s.changed); err != nil {
		s.hits.Close()
		return nil, fmt.Errorf("open the spam filters: %w", err)
	}
	return s, nil
}

// Close stops following the store.
func (s *Service) Close() {
	s.cancel()
	s.hits.Close()
}

// changed follows the records. One that cannot be read counts for nothing.
func (s *Service) changed(c store.Change) {
	var m *matcher
	if !c.Deleted {
		f, err := schema.Decode(c.Value)
		if err == nil {
			m, err = compile(f)
		}
		if err != nil {
			s.log.Error("a spam filter cannot be read and counts for nothing", "id", c.Key, "error", err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if m == nil {
		delete(s.shared, c.Key)
	} else {
		m.rev = c.Rev
		s.shared[c.Key] = m
	}
	s.arrange()
}

// arrange makes the table anew. The caller holds the lock.
func (s *Service) arrange() { s.table.Store(tableOf(s.all())) }

// all returns the filters: those of the configuration, then the others, the oldest first. The caller holds the lock.
func (s *Service) all() []*matcher {
	var all []*matcher
	for id, m := range s.shared {
		if !slices.ContainsFunc(s.configured, func(c *matcher) bool { return c.ID == id }) {
			all = append(all, m)
		}
	}
	slices.SortStableFunc(all, func(a, b *matcher) int {
		return cmp.Or(a.Set.Compare(b.Set), cmp.Compare(a.ID, b.ID))
	})
	return append(slices.Clone(s.configured), all...)
}

// Configure replaces the filters of the configuration, which are this server's own.
// Those that are wrong, which Check would have found, are left out.
func (s *Service) Configure(filters []Filter) {
	var all []*matcher
	for _, f := range filters {
		if m, err := compile(f); err == nil {
			m.own = true
			all = append(all, m)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.configured = all
	s.arrange()
}

// Check returns what is wrong with a filter, an *Error, and the filter as it will be.
func Check(f Filter) (Filter, error) {
	m, err := compile(f)
	if err != nil {
		return f, err
	}
	return *m.Filter, nil
}

// tries is how often a change is tried against others' changes.
const tries = 8

// Set sets a filter, in place of one with the same pattern and targets. The error may
// be an *Error.
func (s *Service) Set(ctx context.Context, f Filter) (Filter, error) {
	m, err := compile(f)
	if err != nil {
		return f, err
	}
	f = *m.Filter
	s.mu.Lock()
	own := slices.ContainsFunc(s.configured, func(c *matcher) bool { return c.ID == f.ID })
	full := s.shared[f.ID] == nil && len(s.shared) >= Most
	s.mu.Unlock()
	switch {
	case own:
		return f, ErrConfigured
	case full:
		return f, ErrFull
	}
	value, err := schema.Encode(f)
	if err != nil {
		return f, err
	}
	for range tries {
		rev := uint64(0)
		rec, err := s.store.Get(ctx, store.Filters, f.ID)
		switch {
		case err == nil:
			rev = rec.Rev
		case !errors.Is(err, store.ErrNotFound):
			return f, err
		}
		_, err = s.store.Put(ctx, store.Filters, f.ID, value, rev)
		if !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) {
			return f, err
		}
	}
	return f, store.ErrConflict
}

// Remove removes the filter of an ID.
func (s *Service) Remove(ctx context.Context, id string) (f Filter, err error) {
	l, ok := s.Lookup(id)
	switch {
	case !ok:
		return f, ErrNotFound
	case l.Configured:
		return f, ErrConfigured
	}
	err = s.store.Delete(ctx, store.Filters, id, 0)
	if errors.Is(err, store.ErrNotFound) {
		return f, ErrNotFound
	}
	return *l.Filter, err
}

// A Listed filter is one with what became of it.
type Listed struct {
	*Filter
	Hits       hits.Count
	Configured bool // it is one of the configuration
}

// List returns the filters, the oldest first.
func (s *Service) List() (all []Listed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.all() {
		all = append(all, Listed{m.Filter, s.hits.Total(m.ID), m.own})
	}
	return all
}

// Lookup returns the filter of an ID.
func (s *Service) Lookup(id string) (l Listed, ok bool) {
	for _, l := range s.List() {
		if l.ID == id {
			return l, true
		}
	}
	return l, false
}

// Hit counts that a filter has met somebody here, and reports whether it is the first
// time within some seconds.
func (s *Service) Hit(f *Filter, now time.Time) (news bool) { return s.hits.Hit(f.ID, now, newsEvery) }

// newsEvery is how often operators are told of the same filter: a wave of spam is not to
// become a wave of notices.
const newsEvery = 5 * time.Second

// KeepHits stores how often filters have met somebody since it was last called. It is
// for once a minute.
func (s *Service) KeepHits(ctx context.Context) error {
	return s.hits.Keep(ctx, func(id string) bool { _, ok := s.Lookup(id); return !ok })
}
