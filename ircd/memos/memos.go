package memos

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/store"
)

// Errors of Leave. Others are the store's.
var (
	ErrFull    = errors.New("the account has as many memos as it may have")
	ErrClosed  = errors.New("the owner of the account wants no memos")
	ErrIgnored = errors.New("the owner of the account wants no memos of this sender")
)

// A Service is the memos of a network. How many are new is asked at every login: that is
// answered from memory, the memos themselves by the store.
type Service struct {
	store   store.Store
	mapping casemap.Mapping
	log     *slog.Logger
	cancel  func()

	mu sync.RWMutex     // nothing waits under it
	of map[string]count // by the folded name of the account
}

type count struct {
	owner  string
	unread int
	quiet  bool
}

// Open returns the memos in st. It fails if there is a record that this version cannot
// read.
func Open(ctx context.Context, st store.Store, m casemap.Mapping, log *slog.Logger) (*Service, error) {
	s := &Service{store: st, mapping: m, log: log, of: map[string]count{}}
	cancel, err := store.Follow(ctx, st, store.Memos, log, s.changed)
	if err != nil {
		return nil, fmt.Errorf("open the memos: %w", err)
	}
	s.cancel = cancel
	return s, nil
}

// Close stops watching the store.
func (s *Service) Close() { s.cancel() }

// changed counts what is on the shelf.
func (s *Service) changed(c store.Change) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.of, c.Key)
	if c.Deleted {
		return nil
	}
	r, err := schema.Decode(c.Value)
	if err == nil {
		s.of[c.Key] = count{r.Owner, r.Unread(), r.Quiet}
	}
	return err
}

// News returns how many memos an account, by its name and its ID, has not read and wants
// to be told of.
func (s *Service) News(account, id string) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if c := s.of[s.key(account)]; c.owner == id && !c.quiet {
		return c.unread
	}
	return 0
}

func (s *Service) key(account string) string { return string(s.mapping.Fold(account)) }

// Of returns what is kept of an account.
func (s *Service) Of(ctx context.Context, account, id string) (Record, error) {
	r, _, err := s.load(ctx, s.key(account), id)
	return r, err
}

func (s *Service) load(ctx context.Context, key, id string) (r Record, rev uint64, err error) {
	old, err := s.store.Get(ctx, store.Memos, key)
	if errors.Is(err, store.ErrNotFound) {
		return Record{Owner: id}, 0, nil
	}
	if err != nil {
		return r, 0, err
	}
	if r, err = schema.Decode(old.Value); err == nil && r.Owner != id {
		r = Record{Owner: id}
	}
	return r, old.Rev, err
}

// tries is how often a change is tried against others' changes.
const tries = 16

// Change changes the record of an account, or makes one, by f, which may be called again
// if somebody else changes it meanwhile. An error of f is returned.
func (s *Service) Change(ctx context.Context, account, id string, f func(r *Record) error) error {
	key := s.key(account)
	for range tries {
		r, rev, err := s.load(ctx, key, id)
		if err != nil {
			return err
		}
		if err := f(&r); err != nil {
			return err
		}
		if err = s.put(ctx, key, &r, rev); !conflict(err) {
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
	switch {
	case r.idle() && rev == 0:
		return nil
	case r.idle():
		return s.store.Delete(ctx, store.Memos, key, rev)
	}
	value, err := schema.Encode(*r)
	if err == nil {
		_, err = s.store.Put(ctx, store.Memos, key, value, rev)
	}
	return err
}

// Leave leaves a memo for an account, which has no more than limit of them, and returns
// it with its number, and what else is kept of the account. The errors are ErrFull,
// ErrClosed and ErrIgnored; services, which have no ID, are never ignored.
func (s *Service) Leave(ctx context.Context, account, id string, m Memo, limit int) (Memo, Record, error) {
	var kept Record
	err := s.Change(ctx, account, id, func(r *Record) error {
		switch {
		case r.Closed && m.FromID != "":
			return ErrClosed
		case m.FromID != "" && r.Ignores(s.mapping, m.From):
			return ErrIgnored
		case len(r.Memos) >= limit:
			return ErrFull
		}
		r.Last++
		m.Number = r.Last
		r.Memos = append(r.Memos, m)
		kept = *r
		return nil
	})
	return m, kept, err
}

// Op returns the change that makes this the record of an account, by its folded name.
func Op(account string, r Record) (store.Op, error) {
	value, err := schema.Encode(r)
	return store.Op{Shelf: store.Memos, Key: account, Value: value}, err
}
