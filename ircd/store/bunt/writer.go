package bunt

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/parley-irc/parley/ircd/store"
	"github.com/tidwall/buntdb"
)

// A writer makes all changes, in one goroutine: so commits have an order, which
// is the one watchers see, and those that wait together share one fsync.
type writer struct {
	store    *Store
	disk     *disk  // nil in memory
	rev      uint64 // of the last commit
	unsynced []committed
	lagging  bool          // something was applied that is not on the disk yet
	synced   atomic.Uint64 // the revision up to which all is
	watchers []*watcher
	broken   error     // what is on disk is not known: it must be written anew
	tried    time.Time // when it was last written anew, or that failed
}

// A request asks the writer for a commit, or to add a watcher.
type request struct {
	ops   []store.Op
	rev   uint64 // of Apply, 0 for one of the store's own
	watch *watcher
	do    func() error // anything else that must not happen while others write
	done  chan result  // buffered: the writer never waits
}

type result struct {
	rev uint64
	err error
}

type committed struct {
	request
	rev uint64
}

type watcher struct {
	shelf     string
	f         func(store.Change)
	cancelled atomic.Bool
}

// run serves requests until the store is closed. When the file has grown, it is
// compacted as soon as nothing has been written for a while.
func (w *writer) run() {
	const quiet = 10 * time.Second
	defer close(w.store.stopped)
	for {
		var idle, late <-chan time.Time
		if w.disk.grown(2) {
			idle = time.After(quiet)
		}
		if w.lagging {
			late = time.After(lag)
		}
		select {
		case r := <-w.store.work:
			w.serve(r)
		case <-late:
			w.sync()
		case <-idle:
			w.compact()
		case <-w.store.quit:
			w.sync()
			return
		}
		if w.disk.grown(16) { // it is never quiet
			w.compact()
		}
	}
}

// serve serves a request and those that wait already.
func (w *writer) serve(r request) {
	const most = 512
	if w.broken != nil && time.Since(w.tried) > time.Second {
		w.compact()
	}
	for range most {
		switch {
		case r.watch != nil:
			w.settle()
			r.done <- result{0, w.replay(r.watch)}
		case r.do != nil:
			w.settle()
			r.done <- result{w.rev, r.do()}
		default:
			w.commit(r)
		}
		select {
		case r = <-w.store.work:
			continue
		default:
		}
		break
	}
	w.settle()
}

// commit makes a change in memory and appends it to the file.
func (w *writer) commit(r request) {
	if w.broken != nil {
		r.done <- result{0, fmt.Errorf("%w: %w", store.ErrUnavailable, w.broken)}
		return
	}
	rev := w.rev + 1
	if r.rev != 0 {
		if rev = r.rev; rev <= w.rev {
			r.done <- result{rev, nil} // it is there
			return
		}
	}
	err := w.store.db.Update(func(tx *buntdb.Tx) error {
		for _, op := range r.ops {
			old, err := get(tx, path(op.Shelf, op.Key))
			if err != nil {
				return err
			}
			if old.kind == kindDeleted {
				old.rev = 0
			}
			if err := op.Holds(old.rev); err != nil {
				return err
			}
		}
		return set(tx, rev, r.ops)
	})
	var failed *store.OpError
	switch {
	case errors.As(err, &failed):
		r.done <- result{0, err}
	case err != nil: // BuntDB has taken back what it had written
		w.store.failing.Store(true)
		r.done <- result{0, fmt.Errorf("%w: %w", store.ErrUnavailable, err)}
	default:
		w.rev = rev
		w.unsynced = append(w.unsynced, committed{r, rev})
	}
}

func set(tx *buntdb.Tx, rev uint64, ops []store.Op) error {
	for i, op := range ops {
		r := record{kind: kindValue, index: uint16(i), count: uint16(len(ops)), rev: rev, payload: string(op.Value)}
		if op.Delete {
			r.kind, r.payload = kindDeleted, ""
		}
		key := path(op.Shelf, op.Key)
		if _, _, err := tx.Set(key, encode(key, r), nil); err != nil {
			return err
		}
	}
	return nil
}

// settle makes the commits durable, unless somebody else has, tells the watchers, and
// then those who wait.
func (w *writer) settle() {
	if len(w.unsynced) == 0 {
		return
	}
	var err error
	if slices.ContainsFunc(w.unsynced, func(c committed) bool { return c.request.rev == 0 }) {
		err = w.sync()
	} else {
		w.lagging = true
	}
	for _, c := range w.unsynced {
		if err != nil {
			c.done <- result{0, fmt.Errorf("%w: %w", store.ErrUnavailable, err)}
			continue
		}
		w.notify(c)
		c.done <- result{c.rev, nil}
	}
	clear(w.unsynced)
	w.unsynced = w.unsynced[:0]
}

// sync makes durable all there is.
func (w *writer) sync() error {
	w.lagging = false
	if err := w.disk.sync(); err != nil {
		// What the kernel has dropped cannot be synced again: only writing
		// all of it anew tells what is on disk.
		w.broken = fmt.Errorf("sync %s: %w", w.disk.path, err)
		w.store.failing.Store(true)
		return err
	}
	w.store.failing.Store(false)
	w.synced.Store(w.rev)
	return nil
}

// notify tells the watchers of a commit.
func (w *writer) notify(c committed) {
	kept := w.watchers[:0]
	for _, wa := range w.watchers {
		for _, op := range c.ops {
			if op.Shelf == wa.shelf && !wa.cancelled.Load() {
				rec := store.Record{Key: op.Key, Value: op.Value, Rev: c.rev}
				if op.Delete {
					rec.Value = nil
				}
				wa.f(store.Change{Record: rec, Shelf: op.Shelf, Deleted: op.Delete})
			}
		}
		if !wa.cancelled.Load() {
			kept = append(kept, wa)
		}
	}
	clear(w.watchers[len(kept):])
	w.watchers = kept
}

// replay tells a new watcher of all there is, and adds it.
func (w *writer) replay(wa *watcher) error {
	err := w.store.List(context.Background(), wa.shelf, "", func(r store.Record) bool {
		if !wa.cancelled.Load() {
			wa.f(store.Change{Record: r, Shelf: wa.shelf})
		}
		return !wa.cancelled.Load()
	})
	if err == nil {
		w.watchers = append(w.watchers, wa)
	}
	return err
}
