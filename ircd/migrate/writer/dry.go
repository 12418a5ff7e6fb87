package writer

import (
	"context"
	"errors"

	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

// Empty returns a store in memory, to try an import on.
func Empty() (store.Store, error) { return bunt.Open(bunt.Memory) }

// Scratch returns a copy of a store in memory.
func Scratch(ctx context.Context, from store.Store) (store.Store, error) {
	to, err := Empty()
	if err != nil {
		return nil, err
	}
	for _, shelf := range store.Shelves {
		if err := copyShelf(ctx, from, to, shelf); err != nil {
			return nil, errors.Join(err, to.Close())
		}
	}
	return to, nil
}

func copyShelf(ctx context.Context, from, to store.Store, shelf string) error {
	var ops []store.Op
	var failed error
	flush := func() bool {
		if len(ops) > 0 {
			_, failed = to.Commit(ctx, ops...)
		}
		ops = nil
		return failed == nil
	}
	err := from.List(ctx, shelf, "", func(r store.Record) bool {
		ops = append(ops, store.Op{Shelf: shelf, Key: r.Key, Value: r.Value})
		return len(ops) < store.MaxOps || flush()
	})
	if err == nil && failed == nil {
		flush()
	}
	return errors.Join(err, failed)
}
