package accounts

import (
	"context"
	"errors"

	"github.com/parley-irc/parley/ircd/store"
)

// Rename gives an account another name, in one commit with all that is kept under the old
// one, which becomes one of its nicks: nobody else can be taken for the owner. also
// returns what others have to change with it. The errors are ErrName, ErrReserved,
// ErrLimit, ErrAlready, and those of a name that is taken.
func (s *Service) Rename(ctx context.Context, old, name string, also func(ctx context.Context, old, name string) ([]store.Op, error)) error {
	known := s.index.resolve(old)
	switch {
	case known == nil:
		return ErrNotFound
	case !s.names.ValidNick(name, s.options().MaxName):
		return ErrName
	case s.forbids(name):
		return ErrReserved
	}
	return s.retry(ctx, func() (b batch, err error) {
		rec, rev, err := s.load(ctx, known.Folded)
		switch {
		case err != nil:
			return b, err
		case !rec.Verified:
			return b, ErrUnverified
		case rec.Name == name:
			return b, ErrAlready
		}
		next, err := s.renamed(ctx, &b, rec, name)
		if err != nil {
			return b, err
		}
		if next.Folded == rec.Folded { // it is only written in another way
			put(&b, accountSchema, store.Accounts, string(rec.Folded), *next, rev)
		} else {
			// The new one first: who follows then knows that the account goes on.
			put(&b, accountSchema, store.Accounts, string(next.Folded), *next, 0)
			b.delete(store.Accounts, string(rec.Folded), rev)
			if err := s.moveKept(ctx, &b, rec, next); err != nil {
				return b, err
			}
		}
		ops, err := also(ctx, rec.Name, name)
		b.ops = append(b.ops, ops...)
		return b, err
	})
}

// renamed returns the account with the name, and makes all its nicks those of that.
func (s *Service) renamed(ctx context.Context, b *batch, rec *record, name string) (*record, error) {
	next := *rec
	next.Name, next.Folded = name, s.names.Fold(name)
	next.Nicks = nil
	look := s.names.Skeleton(name)
	for _, nick := range append([]string{rec.Name}, rec.Nicks...) {
		if s.names.Skeleton(nick) != look {
			next.Nicks = append(next.Nicks, nick)
		}
	}
	if len(next.Nicks) > MaxNicks {
		return nil, ErrLimit
	}
	if next.Folded != rec.Folded {
		next.Formerly = append(next.Formerly[:len(next.Formerly):len(next.Formerly)], rec.Name)
	}
	for _, nick := range append([]string{name}, next.Nicks...) {
		skeleton := string(s.names.Skeleton(nick))
		n, rev, err := load(ctx, s.store, nickSchema, store.Nicks, skeleton)
		switch {
		case errors.Is(err, store.ErrNotFound):
			n.Since = s.now()
		case err != nil:
			return nil, err
		case n.Account != rec.Folded:
			c, _ := s.index.claim(n.Nick)
			c.Nick, c.Exact = n.Nick, s.names.Equal(n.Nick, nick)
			if err := s.taken(c); err != nil {
				return nil, err
			}
			return nil, ErrExists // the owner may still come
		}
		put(b, nickSchema, store.Nicks, skeleton, nickRecord{nick, next.Folded, n.Since}, rev)
	}
	return &next, nil
}

// moveKept moves what is kept under the name of an account, or leads to it.
func (s *Service) moveKept(ctx context.Context, b *batch, rec, next *record) error {
	for _, c := range rec.Certs {
		for _, d := range c.digests() {
			if err := repoint(ctx, s.store, b, certSchema, store.Certs, d, certRecord{rec.Folded}, certRecord{next.Folded}); err != nil {
				return err
			}
		}
	}
	for _, l := range rec.Links {
		key := identityKey(l.Authority, l.Subject)
		if err := repoint(ctx, s.store, b, identitySchema, store.Identities, key, identityRecord{rec.Folded}, identityRecord{next.Folded}); err != nil {
			return err
		}
	}
	for _, shelf := range append([]string{store.Markers}, store.OfAccount...) {
		kept, err := s.store.Get(ctx, shelf, string(rec.Folded))
		switch {
		case errors.Is(err, store.ErrNotFound):
			continue
		case err != nil:
			return err
		}
		b.ops = append(b.ops, store.Op{Shelf: shelf, Key: string(next.Folded), Value: kept.Value})
		b.delete(shelf, kept.Key, kept.Rev)
	}
	return nil
}

// repoint replaces a record that says whose something is.
func repoint[T comparable](ctx context.Context, st store.Store, b *batch, sch store.Schema[T], shelf, key string, old, next T) error {
	is, rev, err := load(ctx, st, sch, shelf, key)
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return err
	case is == old:
		put(b, sch, shelf, key, next, rev)
	}
	return nil
}

// Successor returns the account that goes on under another name, or nil if a was removed.
func (s *Service) Successor(a *Account) *Account {
	s.index.mu.RLock()
	defer s.index.mu.RUnlock()
	if now := s.index.accounts[s.index.ids[a.ID]]; now != nil && now.ID == a.ID && now.Folded != a.Folded {
		return &now.Account
	}
	return nil
}
