package bunt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tidwall/buntdb"

	"github.com/parley-irc/parley/ircd/history"
)

// A compaction writes the file anew, without what was replaced and deleted, while
// the old one stays in use. It copies the ring in a goroutine of its own, then what
// was written meanwhile; at last the writer copies the rest, syncs, and changes over.
// It is also the way out when the file has failed.
type compaction struct {
	temp   string
	header header
	ring   *history.Ring
	asked  []chan<- error // by those who wait for it
	// evicted is how much had been evicted when it began.
	evicted int64
	covers  history.Ticket // if everything is written anew: up to here
	abort   atomic.Bool

	db   *buntdb.DB
	file *os.File
	err  error

	mu    sync.Mutex
	since [][]history.Change // written to the old file since the beginning
}

var errAborted = errors.New("the compaction was ended")

// wantCompaction tells whether the file is worth writing anew: because it has to be,
// has grown, or has what must not stay. It is best done when nobody writes.
func (w *writer) wantCompaction() bool {
	const (
		quiet  = 10 * time.Second
		purge  = time.Hour // the least time between two for the sake of purging
		latest = 6 * time.Hour
		daily  = 24 * time.Hour // what has been evicted is purged, too
		slack  = 1 << 20
	)
	again := time.Since(w.compacted) >= w.retry()
	if w.broken != nil || !again {
		return again
	}
	live := w.live()
	if w.of.purge.Swap(false) && w.purging.IsZero() {
		w.purging = time.Now()
	}
	if !w.purging.IsZero() && time.Since(w.purging) > latest {
		return true
	}
	if w.disk.size > live+live/2+muchGarbage {
		return true
	}
	if time.Since(w.began) < quiet {
		return false
	}
	return w.disk.size > live+live/4+slack ||
		!w.purging.IsZero() && time.Since(w.compacted) >= purge ||
		w.of.Ring.Stats().Evicted > w.evicted && time.Since(w.compacted) >= daily
}

// retry is how long after a compaction there may be another. When they fail, it becomes
// longer, unless nothing can be written without one.
func (w *writer) retry() time.Duration {
	const least, most = 5 * time.Second, time.Hour
	if w.broken != nil {
		return least
	}
	return min(least<<min(w.failures, 16), most)
}

// live is about how long the file is that a compaction makes.
func (w *writer) live() int64 {
	s := w.of.Ring.Stats()
	return s.Bytes + s.Records*int64(overhead+16)
}

// fits reports whether there is room for a compaction. One that fills the disk would keep
// others from writing, the history among them.
func (w *writer) fits() bool {
	const spare = 16 << 20
	free, known := room(w.disk.path)
	need := w.live() + w.live()/8 + spare
	if w.broken != nil {
		need = w.live() // there is no other way
	}
	cramped := known && free < need
	if cramped && !w.cramped {
		w.log.Warn("the history cannot be compacted: the disk is too full", "free", free, "needed", need)
	}
	w.cramped = cramped
	return !cramped
}

// compact begins a compaction.
func (w *writer) compact() {
	c := &compaction{
		temp: w.disk.path + ".tmp", ring: w.of.Ring,
		header: header{w.disk.header.UUID, w.disk.header.Generation + 1},
		asked:  w.waiting, evicted: w.of.Ring.Stats().Evicted,
	}
	w.waiting = nil
	if w.broken != nil {
		c.covers, w.held = w.of.Restart(), nil // all of it is in the ring
		w.holding.Store(0)
	}
	w.compaction = c
	go func() {
		c.err = c.run()
		w.adoptable <- c
	}()
}

// add notes what the writer has written.
func (c *compaction) add(groups [][]history.Change) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.since = append(c.since, groups...)
}

func (c *compaction) take() [][]history.Change {
	c.mu.Lock()
	defer c.mu.Unlock()
	groups := c.since
	c.since = nil
	return groups
}

// run writes the new file, but for the last changes.
func (c *compaction) run() (err error) {
	if _, err = createFile(c.temp, c.header); err != nil {
		return err
	}
	if c.db, err = openBunt(c.temp); err != nil {
		return err
	}
	if c.file, err = os.OpenFile(c.temp, os.O_RDWR, 0); err != nil {
		return err
	}
	if err = c.copy(); err != nil {
		return err
	}
	const rounds, few = 10, 500 // groups
	for range rounds {
		groups := c.take()
		if err := c.apply(groups); err != nil {
			return err
		}
		if len(groups) < few {
			break
		}
	}
	return c.file.Sync()
}

// copy writes all records of the ring, a little at a time. It syncs now and then, so that
// the sync of somebody else never has to wait for all of it.
func (c *compaction) copy() (err error) {
	const (
		commit = 32 << 10
		sync   = 1 << 20
	)
	latest := map[string]history.Change{}
	size, unsynced := 0, 0
	var breath history.Breath
	flush := func() error {
		err := set(c.db, latest)
		clear(latest)
		if unsynced += size; err == nil && unsynced >= sync {
			err, unsynced = c.file.Sync(), 0
		}
		size = 0
		breath.Take()
		return err
	}
	add := func(key, record string) bool {
		latest[key] = history.Change{Record: record}
		size += len(key) + len(record)
		if size >= commit {
			if err = flush(); err == nil && c.abort.Load() {
				err = errAborted
			}
		}
		return err == nil
	}
	if c.ring.Names(add); err == nil {
		err = flush()
	}
	if err == nil {
		c.ring.Records(add)
	}
	if err == nil {
		err = flush()
	}
	return err
}

// apply makes changes that were made to the old file.
func (c *compaction) apply(groups [][]history.Change) error {
	const most = 256
	latest := map[string]history.Change{}
	for i, g := range groups {
		for _, ch := range g {
			latest[ch.Key] = ch
		}
		if len(latest) >= most || i == len(groups)-1 {
			if err := set(c.db, latest); err != nil {
				return err
			}
			clear(latest)
		}
	}
	return nil
}

// Compact writes the file anew, without what was removed or replaced up to now.
func (l *Log) Compact(ctx context.Context) error {
	done := make(chan error, 1)
	select {
	case l.writer.asked <- done:
	case <-l.writer.quit:
		return history.ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func answer(all []chan<- error, err error) {
	for _, done := range all {
		done <- err // there is room for it
	}
}

// adopt ends a compaction.
func (w *writer) adopt(c *compaction) {
	w.compaction, w.compacted = nil, time.Now()
	err := c.err
	if err == nil {
		err = w.changeOver(c)
	}
	if err == nil {
		w.adopted(c)
	} else {
		c.discard()
		if w.failures++; !c.abort.Load() {
			w.log.Warn("the history could not be compacted", "error", err)
		}
		if w.broken != nil {
			w.broken = fmt.Errorf("write %s anew: %w", w.disk.path, err)
			w.fail(w.broken)
		}
	}
	answer(c.asked, err)
	if len(w.waiting) > 0 && !c.abort.Load() {
		w.compact()
	}
}

// adopted notes that there is a new file.
func (w *writer) adopted(c *compaction) {
	w.compactions.Add(1)
	w.purging, w.failures, w.evicted = time.Time{}, 0, c.evicted
	w.tending.Go(func() { tendKept(w.disk.path, w.of.Ring, w.log) })
	w.size.Store(w.disk.size)
	if w.broken != nil {
		w.broken = nil
		if w.queue.settle(c.covers) {
			w.notify(nil)
		}
		w.queue.Wake()
	}
}

// changeOver gives the new file the place of the old one.
func (w *writer) changeOver(c *compaction) error {
	if err := c.apply(c.take()); err != nil {
		return err
	}
	if err := c.file.Sync(); err != nil {
		return err
	}
	if err := os.Rename(c.temp, w.disk.path); err != nil {
		return err
	}
	old := w.db
	w.db = c.db
	w.disk.use(c.file, c.header)
	go func() { _ = old.Close() }() // it syncs a file that has lost its name
	if err := errors.Join(syncFolder(w.disk.path), w.disk.sync()); err != nil {
		w.broken = fmt.Errorf("sync %s: %w", w.disk.path, err)
		w.fail(w.broken)
		c.db, c.file = nil, nil // they are in use
		return err
	}
	w.unsynced = false
	return nil
}

// discard removes what there is of the new file.
func (c *compaction) discard() {
	if c.db != nil {
		_ = c.db.Close()
	}
	if c.file != nil {
		_ = c.file.Close()
	}
	_ = os.Remove(c.temp)
}
