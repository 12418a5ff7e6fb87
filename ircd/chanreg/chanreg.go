package chanreg

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/store"
)

// Errors of a Service. Other errors are the store's.
var (
	ErrRegistered = errors.New("the channel is registered already")
	ErrNotFound   = errors.New("the channel is not registered")
	ErrForbidden  = errors.New("the channel may not be registered")
	ErrLimit      = errors.New("the account has as many channels as it may have")
	ErrLookalike  = errors.New("a registered channel looks like this one")
)

// A Service is the channel registrations of a network. What is asked often is
// answered from an index in memory that the store's Watch keeps current.
type Service struct {
	// Linked means that other servers keep channels in the same store.
	Linked bool

	store   store.Store
	mapping casemap.Mapping
	log     *slog.Logger
	cancel  func()
	index   index
	keeper  keeper
}

// Open returns the registrations in st. It fails if there is a record that this
// version cannot read.
func Open(ctx context.Context, st store.Store, m casemap.Mapping, log *slog.Logger) (*Service, error) {
	s := &Service{store: st, mapping: m, log: log}
	s.index.records = map[casemap.Folded]entry{}
	s.index.looks = map[casemap.Folded]map[casemap.Folded]struct{}{}
	s.keeper.init()
	var err error
	if s.cancel, err = store.Follow(ctx, st, store.Channels, log, s.set); err != nil {
		s.keeper.close()
		return nil, err
	}
	return s, nil
}

// Close stops watching the store. Channels that have changed are not kept any more:
// Flush keeps them.
func (s *Service) Close() {
	s.keeper.close()
	s.cancel()
}

// Register makes founder the owner of a channel, at most max of which an account
// may own; 0 is any number. What the channel looks like is kept with it.
func (s *Service) Register(ctx context.Context, founder string, look Look, max int, now time.Time) error {
	if max > 0 && s.OwnedBy(founder) >= max {
		return ErrLimit
	}
	if s.Lookalike(look.Name) != nil {
		return ErrLookalike
	}
	return s.Change(ctx, look.Name, func(r *Record) error {
		switch {
		case r.Forbidden.holds(now):
			return ErrForbidden
		case r.Registered():
			return ErrRegistered
		}
		*r = Record{Name: look.Name, Founder: founder, Owned: now, Created: now}
		r.Incarnation, r.Facts = look.Incarnation, look.Facts
		return nil
	})
}

// Drop removes a registration. A channel that is permanent stays known.
func (s *Service) Drop(ctx context.Context, name string, permanent bool) error {
	return s.DropIf(ctx, name, permanent, func(*Record) bool { return true })
}

// DropIf removes a registration if that is due, or else returns ErrNotFound.
func (s *Service) DropIf(ctx context.Context, name string, permanent bool, due func(r *Record) bool) error {
	return s.Change(ctx, name, func(r *Record) error {
		if !r.Registered() || !due(r) {
			return ErrNotFound
		}
		facts := r.Facts
		if !permanent {
			facts = nil
		}
		*r = Record{Name: r.Name, Forbidden: r.Forbidden, Incarnation: r.Incarnation, Facts: facts}
		return nil
	})
}

// tries is how often a change is tried against others' changes.
const tries = 16

// Change changes the record of a channel, or makes one, by f, which may be called
// again if somebody else changes the record meanwhile. A record that is left with
// nothing in it is removed. An error of f is returned.
func (s *Service) Change(ctx context.Context, name string, f func(r *Record) error) (err error) {
	key := string(s.mapping.Fold(name))
	e := s.entry(casemap.Folded(key))
	for range tries {
		next := (&Record{Name: name}).clone()
		if e.Record != nil {
			next = e.clone()
		}
		if err := f(next); err != nil {
			return err
		}
		if err = s.put(ctx, key, next, e.rev); !conflict(err) {
			return err
		}
		if e, err = s.load(ctx, key); err != nil { // the index may be behind
			return err
		}
	}
	return store.ErrConflict
}

func conflict(err error) bool {
	return errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrNotFound)
}

// put writes a record in place of the one of this revision, or none if it is 0.
func (s *Service) put(ctx context.Context, key string, r *Record, rev uint64) error {
	if r.idle() {
		if rev == 0 {
			return nil
		}
		return s.store.Delete(ctx, store.Channels, key, rev)
	}
	value, err := schema.Encode(*r)
	if err != nil {
		return err
	}
	_, err = s.store.Put(ctx, store.Channels, key, value, rev)
	return err
}

func (s *Service) load(ctx context.Context, key string) (entry, error) {
	rec, err := s.store.Get(ctx, store.Channels, key)
	if errors.Is(err, store.ErrNotFound) {
		return entry{}, nil
	}
	if err != nil {
		return entry{}, err
	}
	r, err := schema.Decode(rec.Value)
	return entry{Record: &r, rev: rec.Rev}, err
}

// rename moves a record to another name.
func (s *Service) rename(ctx context.Context, old string, look Look) (err error) {
	from, to := string(s.mapping.Fold(old)), string(s.mapping.Fold(look.Name))
	if from == to {
		return nil
	}
	for range tries {
		e, err := s.load(ctx, from)
		if err != nil || e.Record == nil {
			return err
		}
		target, err := s.load(ctx, to)
		if err != nil {
			return err
		}
		next := e.clone()
		next.Name = look.Name
		value, err := schema.Encode(*next)
		if err != nil {
			return err
		}
		_, err = s.store.Commit(ctx,
			store.Op{Shelf: store.Channels, Key: from, Rev: e.rev, Delete: true},
			store.Op{Shelf: store.Channels, Key: to, Value: value, Rev: target.rev})
		if !conflict(err) {
			return err
		}
	}
	return store.ErrConflict
}
