package bans

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/hits"
	"github.com/parley-irc/parley/ircd/store"
)

// ErrNotFound means that there is no such ban.
var ErrNotFound = errors.New("there is no such ban")

// A Service is the bans of a network, as one server knows them.
type Service struct {
	store   store.Store
	mapping casemap.Mapping
	log     *slog.Logger
	cancel  func()
	index   index
	counts  *hits.Counts
	pending pending

	mu        sync.Mutex
	listeners []func(old, new *Ban)
}

// Open returns the bans in st, for the server with this SID. It fails if there is a
// record that this version cannot read.
func Open(ctx context.Context, st store.Store, m casemap.Mapping, sid string, log *slog.Logger) (*Service, error) {
	s := &Service{store: st, mapping: m, log: log}
	s.index.init(m)
	var err error
	if s.counts, err = hits.Open(ctx, st, store.Hits, sid, log); err != nil {
		return nil, err
	}
	if s.cancel, err = store.Follow(ctx, st, store.Bans, log, s.changed); err != nil {
		s.counts.Close()
		return nil, fmt.Errorf("open the bans: %w", err)
	}
	return s, nil
}

// Close stops watching the store.
func (s *Service) Close() {
	s.counts.Close()
	s.cancel()
}

// OnChange calls f for every ban that is set, changed (old and new) or removed (new is
// nil) from now on, by whatever server. f must be quick, and must not use the store.
func (s *Service) OnChange(f func(old, new *Ban)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listeners = append(s.listeners, f)
}

// changed puts a change of the shelf into the index.
func (s *Service) changed(c store.Change) error {
	var next *entry
	if !c.Deleted {
		b, err := schema.Decode(c.Value)
		if err != nil {
			return err
		}
		q, err := Parse(s.mapping, b.Action, b.Target)
		if err != nil {
			return fmt.Errorf("ban on %s: %w", b.Target, err)
		}
		next = &entry{Ban: &b, target: q.target, key: c.Key, rev: c.Rev}
	}
	old := s.entry(c.Key)
	if old == nil && next == nil {
		return nil
	}
	s.index.replace(old, next)
	s.mu.Lock()
	listeners := s.listeners
	s.mu.Unlock()
	for _, f := range listeners {
		f(old.ban(), next.ban())
	}
	return nil
}

func (e *entry) ban() *Ban {
	if e == nil {
		return nil
	}
	return e.Ban
}

func (s *Service) entry(key string) *entry {
	s.index.mu.RLock()
	defer s.index.mu.RUnlock()
	return s.index.all[key]
}

// tries is how often a change is tried against others' changes.
const tries = 8

// Set sets a ban on whom a query names, in place of one that there may be.
func (s *Service) Set(ctx context.Context, q Query, b Ban, now time.Time) (set Ban, err error) {
	b = q.make(b, now)
	b.ID = id(q.key)
	value, err := schema.Encode(b)
	if err != nil {
		return b, err
	}
	rev := uint64(0)
	if e := s.entry(q.key); e != nil {
		rev = e.rev
	}
	for range tries {
		if _, err = s.store.Put(ctx, store.Bans, q.key, value, rev); !conflict(err) {
			return b, err
		}
		rec, err := s.store.Get(ctx, store.Bans, q.key) // the index may be behind
		switch {
		case errors.Is(err, store.ErrNotFound):
			rev = 0
		case err != nil:
			return b, err
		default:
			rev = rec.Rev
		}
	}
	return b, err
}

func conflict(err error) bool {
	return errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrNotFound)
}

// id is how people refer to a ban: seven letters and digits that follow from what it
// says.
func id(key string) string {
	sum := sha256.Sum256([]byte(key))
	return base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").EncodeToString(sum[:5])[:7]
}

// Remove removes the ban of this key.
func (s *Service) remove(ctx context.Context, key string) (Ban, error) {
	e := s.entry(key)
	if e == nil {
		return Ban{}, ErrNotFound
	}
	err := s.store.Delete(ctx, store.Bans, key, 0)
	if errors.Is(err, store.ErrNotFound) {
		return Ban{}, ErrNotFound
	}
	return *e.Ban, err
}

// Remove removes the ban on whom a query names.
func (s *Service) Remove(ctx context.Context, q Query) (Ban, error) { return s.remove(ctx, q.key) }

// RemoveID removes the ban with this ID.
func (s *Service) RemoveID(ctx context.Context, id string) (Ban, error) {
	for _, e := range s.list() {
		if e.ID == id {
			return s.remove(ctx, e.key)
		}
	}
	return Ban{}, ErrNotFound
}

// Expire removes the bans whose time is over, and returns those that this server has
// removed, before another one did.
func (s *Service) Expire(ctx context.Context, now time.Time) (over []Ban) {
	s.index.mu.RLock()
	var keys []string
	for key, e := range s.index.all {
		if e.Over(now) {
			keys = append(keys, key)
		}
	}
	s.index.mu.RUnlock()
	slices.Sort(keys)
	for _, key := range keys {
		if b, err := s.remove(ctx, key); err == nil {
			over = append(over, b)
		}
	}
	return over
}

// list returns the entries, the oldest first.
func (s *Service) list() []*entry {
	s.index.mu.RLock()
	all := make([]*entry, 0, len(s.index.all))
	for _, e := range s.index.all {
		all = append(all, e)
	}
	s.index.mu.RUnlock()
	slices.SortFunc(all, older)
	return all
}

func older(a, b *entry) int {
	if c := a.Set.Compare(b.Set); c != 0 {
		return c
	}
	return strings.Compare(a.key, b.key)
}

// A Listed ban is one with what became of it.
type Listed struct {
	*Ban
	Hits Hits
}

// List returns the bans, the oldest first.
func (s *Service) List() []Listed {
	entries := s.list()
	all := make([]Listed, len(entries))
	for i, e := range entries {
		all[i] = Listed{e.Ban, s.counts.Total(e.key)}
	}
	return all
}

// Lookup returns the ban on whom a query names.
func (s *Service) Lookup(q Query) (b Listed, ok bool) {
	e := s.entry(q.key)
	if e == nil {
		return b, false
	}
	return Listed{e.Ban, s.counts.Total(e.key)}, true
}

// Empty reports whether no ban is about anybody.
func (s *Service) Empty() bool { return s.index.count.Load() == 0 }

// Count returns how many bans there are.
func (s *Service) Count() int {
	s.index.mu.RLock()
	defer s.index.mu.RUnlock()
	return len(s.index.all)
}

// Version changes with every change of the bans.
func (s *Service) Version() uint64 { return s.index.version.Load() }
