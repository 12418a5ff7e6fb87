package audit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/store"
)

const (
	// maxWaiting is how many entries wait for a store that cannot be used.
	maxWaiting = 4096
	// again is how long after a failure the store is tried again.
	again = 5 * time.Second
)

// A Log is the acts of a network. It keeps them in a store, and in memory.
type Log struct {
	store  store.Store
	keep   int
	log    *slog.Logger
	ctx    context.Context // ended by Close
	cancel func()
	unwind func() // ends the Watch

	mu      sync.Mutex
	kept    []Entry // in the order of their IDs
	waiting []Entry // to be stored
	busy    bool    // a goroutine stores them
	idle    sync.Cond
}

// Open returns the log in st, of which the last so many entries are kept.
func Open(ctx context.Context, st store.Store, keep int, log *slog.Logger) (*Log, error) {
	l := &Log{store: st, keep: keep, log: log}
	l.idle.L = &l.mu
	l.ctx, l.cancel = context.WithCancel(context.WithoutCancel(ctx))
	var err error
	if l.unwind, err = st.Watch(ctx, store.Audit, l.changed); err != nil {
		l.cancel()
		return nil, fmt.Errorf("open the audit log: %w", err)
	}
	return l, nil
}

// changed puts a change of the shelf into memory.
func (l *Log) changed(c store.Change) {
	var e Entry
	if !c.Deleted {
		var err error
		if e, err = schema.Decode(c.Value); err != nil {
			l.log.Error("an act cannot be read and is not shown", "key", c.Key, "error", err)
			return
		}
	}
	e.ID = c.Key
	l.mu.Lock()
	defer l.mu.Unlock()
	i, found := slices.BinarySearchFunc(l.kept, c.Key, func(e Entry, key string) int { return strings.Compare(e.ID, key) })
	switch {
	case c.Deleted && found:
		l.kept = slices.Delete(l.kept, i, i+1)
	case !c.Deleted && !found:
		l.kept = slices.Insert(l.kept, i, e)
	}
}

// Add keeps an entry, whose ID must be its own. It does not wait: the entry is
// stored soon, or when the store can be used again.
func (l *Log) Add(e Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.keep == 0 || l.ctx.Err() != nil {
		return
	}
	if len(l.waiting) >= maxWaiting {
		l.waiting = slices.Delete(l.waiting, 0, 1) // the server's log has it all the same
	}
	l.waiting = append(l.waiting, e)
	if !l.busy {
		l.busy = true
		go l.write()
	}
}

// write stores what waits.
func (l *Log) write() {
	failed := false
	for {
		l.mu.Lock()
		if len(l.waiting) == 0 || failed && l.ctx.Err() != nil {
			l.busy = false
			l.idle.Broadcast()
			l.mu.Unlock()
			return
		}
		e := l.waiting[0]
		l.mu.Unlock()
		if err := l.put(e); err != nil {
			if !failed {
				l.log.Error("acts of operators cannot be stored now", "error", err)
			}
			failed = true
			l.pause()
			continue
		}
		failed = false
		l.mu.Lock()
		if len(l.waiting) > 0 && l.waiting[0].ID == e.ID {
			l.waiting = l.waiting[1:]
		}
		l.mu.Unlock()
		l.prune()
	}
}

func (l *Log) pause() {
	t := time.NewTimer(again)
	defer t.Stop()
	select {
	case <-t.C:
	case <-l.ctx.Done():
	}
}

func (l *Log) put(e Entry) error {
	value, err := schema.Encode(e)
	if err != nil {
		return err
	}
	_, err = l.store.Put(context.Background(), store.Audit, e.ID, value, 0)
	if errors.Is(err, store.ErrExists) { // an attempt that seemed to have failed
		return nil
	}
	return err
}

// prune removes the oldest entries if there are too many.
func (l *Log) prune() {
	l.mu.Lock()
	var old []string
	for _, e := range l.kept[:max(0, len(l.kept)-l.keep)] {
		old = append(old, e.ID)
	}
	l.mu.Unlock()
	for _, key := range old {
		err := l.store.Delete(context.Background(), store.Audit, key, 0)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return // the next entry tries it again
		}
	}
}

// Last returns up to max entries for which f is true, the newest first.
func (l *Log) Last(max int, f func(Entry) bool) (found []Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := len(l.kept) - 1; i >= 0 && len(found) < max; i-- {
		if f(l.kept[i]) {
			found = append(found, l.kept[i])
		}
	}
	return found
}

// Close waits until all entries are stored, or one cannot be.
func (l *Log) Close() {
	l.mu.Lock()
	l.cancel()
	for l.busy {
		l.idle.Wait()
	}
	l.mu.Unlock()
	l.unwind()
}
