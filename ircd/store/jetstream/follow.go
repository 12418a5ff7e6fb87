package jetstream

import (
	"context"
	"errors"
	"time"

	"github.com/parley-irc/parley/ircd/cluster"
	"github.com/parley-irc/parley/ircd/store"
)

// follow applies the log to the copy, until the server becomes something else.
func (s *Store) follow() {
	ctx, cancel := context.WithCancel(s.ctx)
	done := make(chan struct{})
	s.following = func() { cancel(); <-done }
	s.loops.Go(func() {
		defer close(done)
		for ctx.Err() == nil {
			err := s.node.Follow(ctx, s.applied.Load(), s.apply, func() { s.abreast.Store(true) })
			s.abreast.Store(false)
			switch {
			case ctx.Err() != nil:
				return
			case errors.Is(err, cluster.ErrTrimmed):
				err = s.copyFromAny(ctx)
			}
			if err != nil {
				s.log.Warn("the records of the network cannot be followed; trying again", "error", err)
				pause(ctx, time.Second)
			}
		}
	})
}

// apply applies an entry.
func (s *Store) apply(number uint64, data []byte) error {
	e, err := decode(data)
	if err == nil {
		err = s.Store.Apply(s.ctx, s.base()+number, e.ops...)
	}
	var refused *store.OpError
	switch {
	case errors.Is(err, errEntry), errors.Is(err, store.ErrInvalid):
		s.log.Error("an entry of the log counts for nothing", "number", number, "error", err)
		s.decided(e.id, err)
	case errors.As(err, &refused):
		s.decided(e.id, err)
	case err != nil:
		return err // it is not known whether it counts: nothing may follow
	default:
		s.decided(e.id, nil)
	}
	s.applied.Store(number)
	return nil
}

// caughtUp waits until all there is in the log is in the copy, or ctx ends.
func (s *Store) caughtUp(ctx context.Context) bool {
	for !s.abreast.Load() {
		if !pause(ctx, 10*time.Millisecond) {
			return false
		}
	}
	return true
}

// pause waits, and reports whether ctx has not ended.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// mark is the number of the last entry that is on this server's disk.
func (s *Store) mark() uint64 {
	st := s.now()
	if st.State != cluster.Member || !st.Complete {
		return 0
	}
	return max(s.Synced(), st.Base) - st.Base
}
