// Package jetstream implements store.Store for the servers of a network.
//
// All commits go through a log that a majority of servers has on disk before an entry
// counts (package cluster). Every server applies the entries in the same order to a copy
// of its own, a bunt.Store, and so comes to the same records and the same verdicts about
// conditions, without asking anybody. Reads are answered by the copy: in a partition, and
// after a start without the others, they go on, while commits say ErrUnavailable.
//
// A network of one has no log: its commits go into its copy, as those of a server without
// links do. The log begins when a second server joins, after the last revision there
// was, and ends when the last but one leaves. So a copy is always all there is to know,
// and whatever befalls the log, a server can go on from its copy.
package jetstream

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-irc/parley/ircd/cluster"
	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

// A Store is a store.Store that the servers of a network share.
type Store struct {
	*bunt.Store // the copy
	o           Options
	node        *cluster.Node
	log         *slog.Logger
	ctx         context.Context
	cancel      context.CancelFunc
	loops       sync.WaitGroup

	// changing is held while the server becomes something else, and read while it
	// commits alone.
	changing  sync.RWMutex
	stateMu   sync.Mutex
	state     state
	leaving   atomic.Bool   // for good: nothing is committed any more
	applied   atomic.Uint64 // number of the last entry that is in the copy
	lonely    atomic.Int64  // since when a majority has been missing, in ns; 0 if it is not
	abreast   atomic.Bool   // there were no more entries a moment ago
	following context.CancelFunc

	mu      sync.Mutex
	serial  uint64
	run     string
	waiting map[string]chan error // commits under way, by identifier
	copies  copies

	closing sync.Once
	closed  error
}

// limit is how long a commit may take: longer than the election of a new leader does. When
// a majority is not connected, none can be elected, and a commit fails sooner.
const limit = 15 * time.Second

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
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if s.leaving.Load() {
		return 0, unavailable(errLeft)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for !s.changing.TryRLock() { // it takes a moment, or longer than ctx
		select {
		case <-ctx.Done():
			return 0, unavailable(ctx.Err())
		case <-s.ctx.Done():
			return 0, errClosed
		case <-time.After(10 * time.Millisecond):
		}
	}
	if s.alone() {
		defer s.changing.RUnlock()
		return s.Store.Commit(ctx, ops...)
	}
	s.changing.RUnlock()
	return s.propose(ctx, ops)
}

func unavailable(err error) error { return fmt.Errorf("%w: %w", store.ErrUnavailable, err) }

var errClosed = unavailable(errors.New("it is closed"))

// propose appends a commit to the log, and waits for the verdict.
func (s *Store) propose(ctx context.Context, ops []store.Op) (uint64, error) {
	id, verdict := s.await()
	defer s.forget(id)
	data := encode(entry{id, ops})
	if len(data) > cluster.MaxEntry {
		return 0, fmt.Errorf("%w: %d bytes at once", store.ErrInvalid, len(data))
	}
	number, err := s.node.Append(ctx, id, data)
	if err != nil {
		return 0, s.outcome(ctx, err)
	}
	select {
	case err = <-verdict:
	case <-ctx.Done():
		return 0, unavailable(fmt.Errorf("the outcome is not known: %w", ctx.Err()))
	case <-s.ctx.Done():
		return 0, errClosed
	}
	if err != nil {
		return 0, err
	}
	return s.base() + number, nil
}

// outcome returns the error of a commit that was not accepted.
func (s *Store) outcome(ctx context.Context, err error) error {
	switch {
	case s.ctx.Err() != nil:
		return errClosed
	case errors.Is(ctx.Err(), context.Canceled):
		return unavailable(ctx.Err())
	}
	return unavailable(err)
}

// await returns the identifier of a new commit, and where its verdict comes from.
func (s *Store) await() (id string, verdict chan error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serial++
	id = fmt.Sprint(s.run, ".", s.serial)
	verdict = make(chan error, 1)
	s.waiting[id] = verdict
	return id, verdict
}

func (s *Store) forget(id string) {
	s.mu.Lock()
	delete(s.waiting, id)
	s.mu.Unlock()
}

// decided tells who waits for the verdict.
func (s *Store) decided(id string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if verdict := s.waiting[id]; verdict != nil {
		verdict <- err
		delete(s.waiting, id)
	}
}

// newRun returns what makes the identifiers of this run of the server unique.
func newRun() string { return rand.Text() }

// Node returns what reaches the other servers.
func (s *Store) Node() *cluster.Node { return s.node }

// Close implements store.Store. The other servers are told that this one stops.
func (s *Store) Close() error { return s.Stop("Server stopping") }

// Stop is Close with a reason for the other servers.
func (s *Store) Stop(reason string) error {
	s.closing.Do(func() {
		s.cancel()
		s.node.Close(reason)
		s.loops.Wait()
		s.closed = s.Store.Close()
	})
	return s.closed
}
