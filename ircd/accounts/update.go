package accounts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/parley-irc/parley/ircd/accounts/password"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/store"
)

// now returns the time as it is stored.
func (s *Service) now() time.Time { return s.clock().UTC().Round(0) }

// load reads a record from the store.
func load[T any](ctx context.Context, st store.Store, sch store.Schema[T], shelf, key string) (v T, rev uint64, err error) {
	r, err := st.Get(ctx, shelf, key)
	if err != nil {
		return v, 0, err
	}
	v, err = sch.Decode(r.Value)
	return v, r.Rev, err
}

// load reads an account from the store, which is ahead of the index at times.
func (s *Service) load(ctx context.Context, folded casemap.Folded) (*record, uint64, error) {
	rec, rev, err := load(ctx, s.store, accountSchema, store.Accounts, string(folded))
	if errors.Is(err, store.ErrNotFound) {
		return nil, 0, ErrNotFound
	}
	if err != nil {
		return nil, 0, err
	}
	rec.Folded = folded
	return &rec, rev, nil
}

// retry commits the changes that build returns. If somebody else has been faster
// it builds them again.
func (s *Service) retry(ctx context.Context, build func() (batch, error)) (err error) {
	const tries = 8
	for range tries {
		b, err := build()
		if err = errors.Join(err, b.err); err != nil {
			return err
		}
		_, err = s.store.Commit(ctx, b.ops...)
		var op *store.OpError
		switch {
		case !errors.As(err, &op):
			return err
		case op.Op.Shelf == store.Certs && errors.Is(err, store.ErrExists):
			return ErrCertTaken
		case errors.Is(err, store.ErrInvalid):
			return err
		}
	}
	return fmt.Errorf("%w: others keep changing the same records", store.ErrUnavailable)
}

// update changes an account by f, which may add to the commit, and returns the
// account as it is then. f may be called several times.
func (s *Service) update(ctx context.Context, name string, f func(*record, *batch) error) (*record, error) {
	known := s.index.resolve(name)
	if known == nil {
		return nil, ErrNotFound
	}
	var changed *record
	err := s.retry(ctx, func() (b batch, err error) {
		rec, rev, err := s.load(ctx, known.Folded)
		if err != nil {
			return b, err
		}
		if err := f(rec, &b); err != nil {
			return b, err
		}
		put(&b, accountSchema, store.Accounts, string(rec.Folded), *rec, rev)
		changed = rec
		return b, nil
	})
	if err != nil {
		return nil, err
	}
	return changed, nil
}

// own is update for what the owner of an account does, who must not as long as it
// is suspended.
func (s *Service) own(ctx context.Context, name string, f func(*record, *batch) error) (*record, error) {
	return s.update(ctx, name, func(rec *record, b *batch) error {
		if rec.suspended(s.now()) {
			return ErrSuspended
		}
		return f(rec, b)
	})
}

// hash returns what is stored of a password.
func (s *Service) hash(ctx context.Context, pw string) (hash string, v *verifier, err error) {
	if !plausible(pw) {
		return "", nil, ErrPassword
	}
	busy := s.pool.do(ctx, func() {
		hash = password.Hash(s.options().Hash, prepare(pw))
		v, err = newVerifier(pw, s.options().ScramIterations)
	})
	return hash, v, errors.Join(busy, err)
}
