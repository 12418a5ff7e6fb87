package accounts

import (
	"context"
	"errors"

	"github.com/parley-irc/parley/ircd/store"
)

// Suspend lets nobody use an account until sus.Until, or until Unsuspend. Its
// certificates and codes are removed: if somebody else has added one, it must not be
// of use when the suspension ends; likewise its devices. Its nicks stay its own.
func (s *Service) Suspend(ctx context.Context, name string, sus Suspension) error {
	_, err := s.update(ctx, name, func(rec *record, b *batch) error {
		if err := s.dropKept(ctx, b, rec, store.Push); err != nil {
			return err
		}
		sus.Since = s.now()
		rec.Suspended = &sus
		return s.revoke(ctx, rec, b, "Account suspended")
	})
	return err
}

// Unsuspend takes back Suspend. The error is ErrNoSuch if it was not suspended.
func (s *Service) Unsuspend(ctx context.Context, name string) error {
	_, err := s.update(ctx, name, func(rec *record, _ *batch) error {
		if rec.Suspended == nil {
			return ErrNoSuch
		}
		rec.Suspended = nil
		return nil
	})
	return err
}

// Unregister removes an account, as its owner may. Its name and nicks stay
// reserved, so that nobody can pass for the owner, until Release.
func (s *Service) Unregister(ctx context.Context, name string) error {
	return s.remove(ctx, name, func(rec *record) error {
		if rec.suspended(s.now()) {
			return ErrSuspended
		}
		return nil
	}, true)
}

// Erase removes an account and frees its name and nicks, for operators.
func (s *Service) Erase(ctx context.Context, name string) error {
	return s.remove(ctx, name, func(*record) error { return nil }, false)
}

// Sweep removes the accounts that have expired, and returns their names.
func (s *Service) Sweep(ctx context.Context) (removed []string, err error) {
	for _, rec := range s.index.all() {
		if !rec.expired(s.now()) {
			continue
		}
		err := s.remove(ctx, rec.Name, func(rec *record) error {
			if !rec.expired(s.now()) {
				return ErrNotFound
			}
			return nil
		}, false)
		switch {
		case err == nil:
			removed = append(removed, rec.Name)
		case !errors.Is(err, ErrNotFound):
			return removed, err
		}
	}
	return removed, nil
}

// remove removes an account with all that belongs to it in one commit: what it
// leaves behind would be the next owner's.
func (s *Service) remove(ctx context.Context, name string, may func(*record) error, reserve bool) error {
	known := s.index.resolve(name)
	if known == nil {
		return ErrNotFound
	}
	return s.retry(ctx, func() (b batch, err error) {
		rec, rev, err := s.load(ctx, known.Folded)
		if err != nil {
			return b, err
		}
		if err := may(rec); err != nil {
			return b, err
		}
		return s.removal(ctx, rec, rev, reserve)
	})
}

func (s *Service) removal(ctx context.Context, rec *record, rev uint64, reserve bool) (b batch, err error) {
	b.delete(store.Accounts, string(rec.Folded), rev)
	for _, c := range rec.Certs {
		if err := s.dropCert(ctx, &b, rec, c); err != nil {
			return b, err
		}
	}
	for _, l := range rec.Links {
		if err := s.dropLink(ctx, &b, rec, l); err != nil {
			return b, err
		}
	}
	for _, nick := range append([]string{rec.Name}, rec.Nicks...) {
		if err := s.dropNick(ctx, &b, rec, nick, reserve); err != nil {
			return b, err
		}
	}
	return b, s.dropKept(ctx, &b, rec, store.OfAccount...)
}

// dropKept removes what other packages keep of an account on these shelves.
func (s *Service) dropKept(ctx context.Context, b *batch, rec *record, shelves ...string) error {
	for _, shelf := range shelves {
		kept, err := s.store.Get(ctx, shelf, string(rec.Folded))
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return err
		default:
			b.delete(shelf, kept.Key, kept.Rev)
		}
	}
	return nil
}

// Reserve lets nobody register a nick, nor one that looks like it. The errors are
// ErrName and those of a name that is taken.
func (s *Service) Reserve(ctx context.Context, nick string) error {
	if !s.names.ValidNick(nick, s.options().MaxName) {
		return ErrName
	}
	b := batch{}
	put(&b, nickSchema, store.Nicks, string(s.names.Skeleton(nick)), nickRecord{Nick: nick, Since: s.now()}, 0)
	if b.err != nil {
		return b.err
	}
	_, err := s.store.Commit(ctx, b.ops...)
	if !errors.Is(err, store.ErrExists) {
		return err
	}
	c, _ := s.index.claim(nick)
	if err := s.taken(c); err != nil {
		return err
	}
	return ErrExists // of somebody who may still verify it, or has just
}

// Release frees a nick that is reserved. The error is ErrNoSuch if it is not.
func (s *Service) Release(ctx context.Context, nick string) error {
	return s.retry(ctx, func() (b batch, err error) {
		skeleton := string(s.names.Skeleton(nick))
		n, rev, err := load(ctx, s.store, nickSchema, store.Nicks, skeleton)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return b, ErrNoSuch
		case err != nil:
			return b, err
		case n.Account != "" || !s.names.Equal(n.Nick, nick):
			return b, ErrNoSuch
		}
		b.delete(store.Nicks, skeleton, rev)
		return b, nil
	})
}
