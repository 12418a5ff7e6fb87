package store

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
)

// Follow keeps an index in memory current with a shelf: as Watch does, it calls f for every
// record, then returns, and from then on calls f for every change. It fails if one of the
// first cannot be read, since nobody should serve with half of the records. One that comes
// later, which a newer server may have written, is logged and counts for nothing.
func Follow(ctx context.Context, st Store, shelf string, log *slog.Logger, f func(Change) error) (cancel func(), err error) {
	var mu sync.Mutex // f may run already when Watch returns
	opened, unreadable := false, error(nil)
	cancel, err = st.Watch(ctx, shelf, func(c Change) {
		err := f(c)
		if err == nil {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		switch {
		case opened:
			log.Error("a record cannot be read and counts for nothing", "shelf", shelf, "key", c.Key, "error", err)
		case unreadable == nil:
			unreadable = fmt.Errorf("%s/%s: %w", shelf, c.Key, err)
		}
	})
	if err != nil {
		return nil, err
	}
	mu.Lock()
	defer mu.Unlock()
	if opened = true; unreadable != nil {
		cancel()
		return nil, unreadable
	}
	return cancel, nil
}
