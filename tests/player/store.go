package player

import (
	"context"
	"sync/atomic"

	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

// A shelf is the store that the servers share. It can be told to keep nothing, as that of
// a network does where too few servers reach each other.
type shelf struct {
	*bunt.Store
	down atomic.Bool
}

// Put implements store.Store.
func (s *shelf) Put(ctx context.Context, shelf, key string, value []byte, rev uint64) (uint64, error) {
	if s.down.Load() {
		return 0, store.ErrUnavailable
	}
	return s.Store.Put(ctx, shelf, key, value, rev)
}

// Delete implements store.Store.
func (s *shelf) Delete(ctx context.Context, shelf, key string, rev uint64) error {
	if s.down.Load() {
		return store.ErrUnavailable
	}
	return s.Store.Delete(ctx, shelf, key, rev)
}

// Commit implements store.Store.
func (s *shelf) Commit(ctx context.Context, ops ...store.Op) (uint64, error) {
	if s.down.Load() {
		return 0, store.ErrUnavailable
	}
	return s.Store.Commit(ctx, ops...)
}
