package bunt

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tidwall/buntdb"

	"github.com/parley-irc/parley/ircd/history"
)

// A writer makes changes durable, in one goroutine.
type writer struct {
	of      *Log
	queue   *queue
	disk    *disk
	db      *buntdb.DB
	relaxed bool
	window  time.Duration
	notify  func(error)
	log     *slog.Logger

	held     [][]history.Change        // taken from the ring, and not written yet
	together bool                      // they are one transaction
	until    history.Ticket            // with them, all up to it is written
	holding  atomic.Int64              // how many changes are held
	useless  []history.Change          // what was found when the file was read
	latest   map[string]history.Change // of the transaction being written
	began    time.Time                 // when the last commit did
	unsynced bool                      // the file has what is not synced
	broken   error                     // what is in the file is not known: it must be written anew

	compaction *compaction // under way, or nil
	adoptable  chan *compaction
	asked      chan chan<- error // for a compaction
	waiting    []chan<- error    // for the next one
	compacted  time.Time         // when the file was last written anew, or that was tried
	purging    time.Time         // since when there is something to purge
	evicted    int64             // events that are not in the file any more
	failures   int               // of compactions, since one succeeded
	cramped    bool              // there is no room for one
	tending    sync.WaitGroup    // what goes on after a compaction

	size        atomic.Int64
	compactions atomic.Int64
	quit        chan struct{}
	stopped     chan struct{}
	closed      error
}

func (w *writer) begin(l *Log, d *disk, o *Options) {
	*w = writer{
		of: l, queue: &l.queue, disk: d, relaxed: o.Relaxed, window: o.Window, notify: o.Notify, log: o.Log,
		latest: map[string]history.Change{}, adoptable: make(chan *compaction, 1), asked: make(chan chan<- error),
		quit: make(chan struct{}), stopped: make(chan struct{}), compacted: time.Now(),
	}
	w.size.Store(d.size)
	if w.notify == nil {
		w.notify = func(error) {}
	}
	if w.window == 0 {
		if w.window = 5 * time.Millisecond; w.relaxed {
			w.window = unhurried
		}
	}
}

// run writes until the log is closed.
func (w *writer) run() {
	defer close(w.stopped)
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-w.queue.wake:
			if !w.queue.degraded() { // or else it is tried by the clock
				w.pace()
				w.commit()
			}
		case <-t.C:
			w.tick()
		case c := <-w.adoptable:
			w.adopt(c)
		case done := <-w.asked:
			if w.waiting = append(w.waiting, done); w.compaction == nil {
				w.compact()
			}
		case <-w.quit:
			w.closed = w.end()
			return
		}
	}
}

// pace waits until the last commit is a window ago: a short one if somebody waits to
// be told that something is durable, else a longer one. What is alone is written at once;
// what comes in crowds shares a commit, and of what is sealed until then only the block
// is written.
func (w *writer) pace() {
	for {
		window := w.window
		if window > 0 && !w.queue.urgent() {
			window = max(window, unhurried)
		}
		rest := window - time.Since(w.began)
		if rest <= 0 {
			return
		}
		t := time.NewTimer(rest)
		select {
		case <-t.C:
		case <-w.queue.hurry:
		case <-w.quit:
			t.Stop()
			return
		}
		t.Stop()
	}
}

// unhurried is how long what nobody waits for may stay in memory alone, beside the time
// that writing takes.
const unhurried = 50 * time.Millisecond

// most is about how much is written in one transaction, in bytes.
const most = 1 << 20

// commit writes what there is to write.
func (w *writer) commit() {
	if w.broken != nil {
		return
	}
	again := len(w.held) > 0 // it has failed before, and something else may be waiting
	if !again {
		w.take()
	}
	if len(w.held) == 0 { // it was written before the ticket for it was given
		w.settle()
		return
	}
	w.began = time.Now()
	for len(w.held) > 0 {
		n := w.part()
		if err := w.write(w.db, w.held[:n]); err != nil {
			w.fail(fmt.Errorf("write %s: %w", w.disk.path, err))
			return
		}
		if w.compaction != nil {
			w.compaction.add(w.held[:n])
		}
		w.unsynced = true
		w.held = w.held[n:]
	}
	w.held = nil // not what is left of it: something may have to be forgotten
	clear(w.latest)
	w.holding.Store(0)
	if !w.relaxed {
		w.sync()
	}
	w.settle()
	if again {
		w.queue.Wake()
	}
}

// settle tells those who wait that what was taken is written.
func (w *writer) settle() {
	if w.broken == nil && w.queue.settle(w.until) {
		w.notify(nil)
	}
}

// take asks the ring for what is to be written.
func (w *writer) take() {
	w.held, w.together, w.until = w.of.Take()
	if len(w.useless) > 0 {
		w.held, w.useless = append(w.held, w.useless), nil
	}
	n := 0
	for _, g := range w.held {
		n += len(g)
	}
	w.holding.Store(int64(n))
}

// part returns how many of the groups that are held are to be written in one transaction.
func (w *writer) part() int {
	if w.together {
		return len(w.held)
	}
	size := 0
	for i, g := range w.held {
		for _, c := range g {
			size += len(c.Key) + len(c.Record)
		}
		if size >= most {
			return i + 1
		}
	}
	return len(w.held)
}

func (w *writer) fail(err error) {
	if w.queue.fail(err) {
		w.notify(err)
	}
}

func (w *writer) sync() {
	if !w.unsynced || w.broken != nil {
		return
	}
	if err := w.disk.sync(); err != nil {
		// What the kernel has dropped cannot be synced again: only writing
		// all of it anew tells what is on disk.
		w.broken = fmt.Errorf("sync %s: %w", w.disk.path, err)
		w.fail(w.broken)
		return
	}
	w.unsynced = false
	w.size.Store(w.disk.size)
}

// write makes changes in one transaction.
func (w *writer) write(db *buntdb.DB, groups [][]history.Change) error {
	clear(w.latest)
	for _, g := range groups {
		for _, c := range g {
			c.Into(w.latest)
		}
	}
	return set(db, w.latest)
}

// set makes changes in one transaction. BuntDB takes back what it cannot write; it
// panics if it cannot do that either.
func set(db *buntdb.DB, latest map[string]history.Change) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	return db.Update(func(tx *buntdb.Tx) error {
		var m mark
		for key, c := range latest {
			var err error
			if c.Record == "" {
				_, err = tx.Delete(key)
			} else {
				_, _, err = tx.Set(key, c.Record, nil)
			}
			switch {
			case errors.Is(err, buntdb.ErrNotFound):
			case err != nil:
				return err
			default:
				m.add(key, c.Record == "")
			}
		}
		_, _, err := tx.Set(commitKey, m.record(), nil)
		return err
	})
}

// tick does once a second what is not urgent.
func (w *writer) tick() {
	w.commit()
	w.sync()
	if w.compaction == nil && w.wantCompaction() && w.fits() {
		w.compact()
	}
}

// end writes what is left, and closes the file.
func (w *writer) end() error {
	if c := w.compaction; c != nil {
		c.abort.Store(true)
		w.adopt(<-w.adoptable)
	}
	answer(w.waiting, history.ErrClosed)
	for before := w.pending() + 1; w.pending() > 0 && w.pending() < before; {
		before = w.pending()
		w.commit()
	}
	w.sync()
	w.tending.Wait()
	pending, degraded := w.pending(), w.queue.degraded()
	w.queue.close()
	err := w.close()
	if degraded {
		err = errors.Join(err, fmt.Errorf("%w: %d changes are lost", history.ErrNotDurable, pending))
	}
	return err
}

// pending returns how many changes are not in the file.
func (w *writer) pending() int { return w.of.Ring.Pending() + int(w.holding.Load()) }

func (w *writer) close() (err error) {
	if w.db != nil {
		err = w.db.Close()
	}
	return errors.Join(err, w.disk.close())
}
