package vhosts

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/store"
)

// A Service is the hosts that are given on a network. What is asked at every login is
// answered from an index in memory that the store's Watch keeps current.
type Service struct {
	store   store.Store
	mapping casemap.Mapping
	log     *slog.Logger
	cancel  func()

	mu     sync.RWMutex      // nothing waits under it
	of     map[string]entry  // by the folded name of the account
	last   map[string]string // that were given last
	offers []Offer
}

type entry struct {
	*Record
	rev uint64
}

// Open returns the hosts in st. It fails if there is a record that this version cannot
// read.
func Open(ctx context.Context, st store.Store, m casemap.Mapping, log *slog.Logger) (*Service, error) {
	s := &Service{store: st, mapping: m, log: log, of: map[string]entry{}, last: map[string]string{}}
	cancel, err := store.Follow(ctx, st, store.VHosts, log, s.changed)
	if err != nil {
		return nil, fmt.Errorf("open the hosts of accounts: %w", err)
	}
	s.cancel = cancel
	return s, nil
}

// Close stops watching the store.
func (s *Service) Close() { s.cancel() }

// changed puts a change of the shelf into the index.
func (s *Service) changed(c store.Change) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.Key == offersKey {
		s.offers = nil
		if c.Deleted {
			return nil
		}
		all, err := offersSchema.Decode(c.Value)
		if err == nil {
			s.offers = all.Offers
		}
		return err
	}
	delete(s.of, c.Key)
	if c.Deleted {
		return nil
	}
	r, err := schema.Decode(c.Value)
	if err != nil {
		return err
	}
	if s.of[c.Key] = (entry{&r, c.Rev}); r.Host != "" {
		s.last[c.Key] = r.Host
	}
	return nil
}

// Of returns the record of an account by its name and its ID, or nil.
func (s *Service) Of(account, id string) *Record {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if e := s.of[s.key(account)]; e.Record != nil && e.Owner == id {
		return e.Record
	}
	return nil
}

// Last returns the host that an account had last, also if there is none any more, nor
// the account.
func (s *Service) Last(account string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.last[s.key(account)]
}

// Like returns another account whose host looks like this one, or "".
func (s *Service) Like(host, account string) string {
	look, own := s.mapping.Skeleton(host), s.key(account)
	s.mu.RLock()
	defer s.mu.RUnlock()
	for key, e := range s.of {
		if key != own && e.Host != "" && s.mapping.Skeleton(e.Host) == look {
			return key
		}
	}
	return ""
}

// Each calls f for every record, by the folded names of the accounts, in their order.
func (s *Service) Each(f func(account string, r *Record)) {
	s.mu.RLock()
	keys := make([]string, 0, len(s.of))
	for key := range s.of {
		keys = append(keys, key)
	}
	s.mu.RUnlock()
	slices.Sort(keys)
	for _, key := range keys {
		s.mu.RLock()
		r := s.of[key].Record
		s.mu.RUnlock()
		if r != nil {
			f(key, r)
		}
	}
}

// Offers returns what everybody can take. It is not to be modified.
func (s *Service) Offers() []Offer {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.offers
}

func (s *Service) key(account string) string { return string(s.mapping.Fold(account)) }

// tries is how often a change is tried against others' changes.
const tries = 16

// Change changes the record of an account, or makes one, by f, which may be called again
// if somebody else changes it meanwhile. An error of f is returned.
func (s *Service) Change(ctx context.Context, account, id string, f func(r *Record) error) error {
	key := s.key(account)
	return retry(func() error {
		next, rev := Record{Owner: id}, uint64(0)
		old, err := s.store.Get(ctx, store.VHosts, key)
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return err
		default:
			if next, err = schema.Decode(old.Value); err != nil {
				return err
			}
			if rev = old.Rev; next.Owner != id {
				next = Record{Owner: id}
			}
		}
		if err := f(&next); err != nil {
			return err
		}
		if next.idle() {
			if rev == 0 {
				return nil
			}
			return s.store.Delete(ctx, store.VHosts, key, rev)
		}
		value, err := schema.Encode(next)
		if err == nil {
			_, err = s.store.Put(ctx, store.VHosts, key, value, rev)
		}
		return err
	})
}

// Op returns the change that makes this the record of an account, by its folded name.
func Op(account string, r Record) (store.Op, error) {
	value, err := schema.Encode(r)
	return store.Op{Shelf: store.VHosts, Key: account, Value: value}, err
}

// ChangeOffers changes what everybody can take by f, as Change does.
func (s *Service) ChangeOffers(ctx context.Context, f func(all []Offer) ([]Offer, error)) error {
	return retry(func() error {
		var now offers
		old, err := s.store.Get(ctx, store.VHosts, offersKey)
		if err == nil {
			now, err = offersSchema.Decode(old.Value)
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if now.Offers, err = f(now.Offers); err != nil {
			return err
		}
		value, err := offersSchema.Encode(now)
		if err == nil {
			_, err = s.store.Put(ctx, store.VHosts, offersKey, value, old.Rev)
		}
		return err
	})
}

func retry(f func() error) (err error) {
	for range tries {
		if err = f(); !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return store.ErrConflict
}
