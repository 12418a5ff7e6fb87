package push

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/store"
)

// A Subscription is a device of an account.
type Subscription struct {
	Endpoint string    `json:"endpoint"` // where it is reached: a secret of its owner's
	P256dh   string    `json:"p256dh"`   // its public key, base64 for URLs
	Auth     string    `json:"auth"`     // its secret, likewise
	Caps     []string  `json:"caps"`     // by which its messages are written
	Since    time.Time `json:"since"`
	Renewed  time.Time `json:"renewed"`
}

// caps returns the capabilities that the device reads messages by.
func (d *Subscription) caps() (has caps.Set) {
	for _, name := range d.Caps {
		if c, ok := caps.ByName(name); ok {
			has = has.With(c)
		}
	}
	return has
}

// A record is the devices of an account.
type record struct {
	// Owner is since when there was the account that they are of.
	Owner   time.Time      `json:"owner"`
	Devices []Subscription `json:"devices"`
}

var schema = store.Schema[record]{Name: "devices of an account"}

// subscriptions are the records by account, kept current by the store.
type subscriptions struct {
	mu sync.RWMutex
	of map[string]record
}

// read is told of every record.
func (s *Service) read(c store.Change) {
	var r record
	if !c.Deleted {
		var err error
		if r, err = schema.Decode(c.Value); err != nil {
			s.log.Error("the devices of an account cannot be read", "account", c.Key, "error", err)
			return
		}
	}
	s.subs.set(c.Key, r)
	s.queue.keep(c.Key, r.Devices)
}

func (s *subscriptions) set(account string, r record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of == nil {
		s.of = map[string]record{}
	}
	if s.of[account] = r; len(r.Devices) == 0 {
		delete(s.of, account)
	}
}

func (s *subscriptions) get(account string) (r record, ok bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, ok = s.of[account]
	return r, ok
}

func (s *subscriptions) none() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.of) == 0
}

// devices returns the devices of an account, by its folded name, that are to be told.
func (s *Service) devices(account string) []Subscription {
	r, ok := s.subs.get(account)
	if !ok || s.options().Off {
		return nil
	}
	if since, ok := s.owner(account); !ok || !since.Equal(r.Owner) {
		return nil // a suspended account's, or those of another one that had the name
	}
	if oldest := s.now().Add(-s.options().Expire); slices.ContainsFunc(r.Devices, func(d Subscription) bool { return d.Renewed.Before(oldest) }) {
		return slices.DeleteFunc(slices.Clone(r.Devices), func(d Subscription) bool { return d.Renewed.Before(oldest) })
	}
	return r.Devices
}

// Idle reports that there is no device at all, so that nobody need be looked for.
func (s *Service) Idle() bool { return s == nil || s.subs.none() }

// Subscribe adds a device to an account, by its folded name, or renews it. The errors
// are ErrEndpoint, ErrKeys, ErrTooMany, ErrNoOwner and those of the store.
func (s *Service) Subscribe(ctx context.Context, account, endpoint, keys string, has caps.Set) error {
	if err := s.rules.Load().checkEndpoint(endpoint); err != nil {
		return err
	}
	p256dh, auth, err := ParseKeys(keys)
	if err != nil {
		return err
	}
	d := Subscription{Endpoint: endpoint, P256dh: p256dh, Auth: auth, Since: s.now().UTC(), Renewed: s.now().UTC()}
	for c := range has.Each() {
		d.Caps = append(d.Caps, c.String())
	}
	return s.change(ctx, account, func(r *record) error {
		oldest := s.now().Add(-s.options().Expire)
		r.Devices = slices.DeleteFunc(r.Devices, func(o Subscription) bool { return o.Renewed.Before(oldest) })
		if i := r.find(endpoint); i >= 0 {
			d.Since = r.Devices[i].Since
			r.Devices[i] = d
			return nil
		}
		if len(r.Devices) >= s.options().Max {
			return ErrTooMany
		}
		r.Devices = append(r.Devices, d)
		return nil
	})
}

// Unsubscribe removes a device from an account, if it is there.
func (s *Service) Unsubscribe(ctx context.Context, account, endpoint string) error {
	if r, ok := s.subs.get(account); !ok || r.find(endpoint) < 0 {
		return nil
	}
	return s.change(ctx, account, func(r *record) error {
		r.Devices = slices.DeleteFunc(r.Devices, func(o Subscription) bool { return o.Endpoint == endpoint })
		return nil
	})
}

func (r *record) find(endpoint string) int {
	return slices.IndexFunc(r.Devices, func(d Subscription) bool { return d.Endpoint == endpoint })
}

// change replaces the record of an account. If somebody else has been faster it begins
// again.
func (s *Service) change(ctx context.Context, account string, f func(*record) error) error {
	for {
		since, ok := s.owner(account)
		if !ok {
			return ErrNoOwner
		}
		old, err := s.store.Get(ctx, store.Push, account)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		r := record{Owner: since}
		if old.Rev != 0 {
			if kept, err := schema.Decode(old.Value); err != nil {
				return err
			} else if kept.Owner.Equal(since) {
				r = kept
			}
		}
		if err := f(&r); err != nil {
			return err
		}
		err = s.put(ctx, account, r, old.Rev)
		if !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
}

func (s *Service) put(ctx context.Context, account string, r record, rev uint64) error {
	if len(r.Devices) == 0 {
		if rev == 0 {
			return nil
		}
		return s.store.Delete(ctx, store.Push, account, rev)
	}
	value, err := schema.Encode(r)
	if err != nil {
		return err
	}
	_, err = s.store.Put(ctx, store.Push, account, value, rev)
	return err
}
