package bunt

import (
	"context"
	"fmt"

	"github.com/parley-irc/parley/ircd/store"
)

// Put implements store.Store.
func (s *Store) Put(ctx context.Context, shelf, key string, value []byte, rev uint64) (uint64, error) {
	return s.Commit(ctx, store.Op{Shelf: shelf, Key: key, Value: value, Rev: rev})
}

// Delete implements store.Store.
func (s *Store) Delete(ctx context.Context, shelf, key string, rev uint64) error {
	_, err := s.Commit(ctx, store.Op{Shelf: shelf, Key: key, Rev: rev, Delete: true})
	return err
}

// Commit implements store.Store.
func (s *Store) Commit(ctx context.Context, ops ...store.Op) (uint64, error) {
	if err := store.Validate(ops); err != nil {
		return 0, err
	}
	return s.submit(ctx, request{ops: ops})
}

// Watch implements store.Store.
func (s *Store) Watch(ctx context.Context, shelf string, f func(store.Change)) (cancel func(), err error) {
	w := &watcher{shelf: shelf, f: f}
	cancel = func() { w.cancelled.Store(true) }
	if _, err := s.submit(ctx, request{watch: w}); err != nil {
		cancel()
		return nil, err
	}
	return cancel, nil
}

// submit hands a request to the writer and waits for its result.
func (s *Store) submit(ctx context.Context, r request) (uint64, error) {
	r.done = make(chan result, 1)
	select {
	case s.work <- r:
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-s.quit:
		return 0, errClosed
	}
	select {
	case res := <-r.done:
		return res.rev, res.err
	case <-ctx.Done():
		return 0, fmt.Errorf("%w: the outcome is not known: %w", store.ErrUnavailable, ctx.Err())
	}
}
