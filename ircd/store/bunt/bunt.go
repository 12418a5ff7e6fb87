// Package bunt implements store.Store with BuntDB, for a single server.
//
// BuntDB keeps all records in memory and appends changes to one file. What it
// leaves to do for records that must not be lost is done here: the file is
// checked before it is read; a commit of several records is whole or absent
// after a crash; a failing fsync is an error (BuntDB ignores it, so its own
// syncing is off and ours stands in for SyncPolicy Always); and the file is
// written anew by way of a synced copy, never by BuntDB's Shrink, which renames
// before it syncs.
package bunt

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/tidwall/buntdb"

	"github.com/parley-irc/parley/ircd/store"
)

// Memory is the path of a store that is lost on Close.
const Memory = ":memory:"

// ErrUnreadable means that a file is not a database of Parley, or that nothing
// can be read of one that held something. Open leaves such a file alone.
var ErrUnreadable = errors.New("nothing can be read of the database")

var errClosed = fmt.Errorf("%w: it is closed", store.ErrUnavailable)

// A Store is a store.Store in one file. Only one process may have the file open;
// the lock on the data folder sees to that.
type Store struct {
	mu sync.RWMutex // guards db, which compaction replaces
	db *buntdb.DB

	writer  writer // belongs to its goroutine
	work    chan request
	quit    chan struct{} // closed by Close
	stopped chan struct{} // closed when the writer has ended
	damage  *Damage
	closing sync.Once
	closed  error // what Close returns
	failing atomic.Bool
	log     atomic.Pointer[slog.Logger]
}

// LogTo changes where the store tells what it cannot return to anybody; until then that is
// slog.Default.
func (s *Store) LogTo(log *slog.Logger) { s.log.Store(log) }

// Writable reports whether records could be written when that was last tried.
func (s *Store) Writable() bool { return !s.failing.Load() }

// Open opens the file at path, creating it with mode 0600 if there is none. The
// path Memory gives a store without a file.
//
// If the file is damaged, it is kept aside under another name, and what can be
// read becomes the new file: see Damage. If nothing can be read, the error wraps
// ErrUnreadable. After Close, a goroutine of BuntDB remains for up to a second.
func Open(path string) (*Store, error) {
	s := &Store{work: make(chan request), quit: make(chan struct{}), stopped: make(chan struct{})}
	s.writer.store = s
	s.log.Store(slog.Default())
	if path != Memory {
		d, err := openDisk(path)
		if err != nil {
			return nil, fmt.Errorf("open the store: %w", err)
		}
		s.damage, s.writer.disk, s.writer.rev = d.damage, d, d.rev
	}
	var err error
	if s.db, err = openBunt(path); err != nil {
		return nil, errors.Join(fmt.Errorf("open the store %s: %w", path, err), s.writer.disk.close())
	}
	go s.writer.run()
	return s, nil
}

func openBunt(path string) (*buntdb.DB, error) {
	db, err := buntdb.Open(path)
	if err != nil {
		return nil, err
	}
	return db, db.SetConfig(buntdb.Config{SyncPolicy: buntdb.Never, AutoShrinkDisabled: true})
}

// Damage returns what was wrong with the file, or nil. Whoever opens a store
// must tell the operator.
func (s *Store) Damage() *Damage { return s.damage }

// Close implements store.Store.
func (s *Store) Close() error {
	s.closing.Do(func() {
		close(s.quit)
		<-s.stopped
		s.closed = errors.Join(s.db.Close(), s.writer.disk.close())
	})
	return s.closed
}

// view reads in a transaction. It must be short, for it keeps writers waiting.
func (s *Store) view(ctx context.Context, f func(*buntdb.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	err := s.db.View(f)
	if errors.Is(err, buntdb.ErrDatabaseClosed) {
		return errClosed
	}
	return err
}

// path is BuntDB's key for a record.
func path(shelf, key string) string { return shelf + "/" + key }

// Get implements store.Store.
func (s *Store) Get(ctx context.Context, shelf, key string) (store.Record, error) {
	var r record
	err := s.view(ctx, func(tx *buntdb.Tx) (err error) {
		r, err = get(tx, path(shelf, key))
		return err
	})
	switch {
	case err != nil:
		return store.Record{}, err
	case r.kind != kindValue:
		return store.Record{}, fmt.Errorf("%s/%s: %w", shelf, key, store.ErrNotFound)
	}
	return store.Record{Key: key, Value: []byte(r.payload), Rev: r.rev}, nil
}

// get reads what is kept under one of BuntDB's keys; the kind is 0 if nothing is.
func get(tx *buntdb.Tx, key string) (record, error) {
	v, err := tx.Get(key)
	if errors.Is(err, buntdb.ErrNotFound) {
		return record{}, nil
	}
	if err != nil {
		return record{}, err
	}
	r, err := decode(key, v)
	if err != nil {
		return record{}, fmt.Errorf("read %s: %w", key, err)
	}
	return r, nil
}

// List implements store.Store.
func (s *Store) List(ctx context.Context, shelf, prefix string, f func(store.Record) bool) error {
	for e, err := range s.records(ctx, path(shelf, prefix)) {
		if err != nil {
			return err
		}
		key := e.key[len(shelf)+1:]
		if !f(store.Record{Key: key, Value: []byte(e.payload), Rev: e.rev}) {
			return nil
		}
	}
	return nil
}

// records returns the records, but not the deleted ones, whose keys in BuntDB
// begin with prefix. It reads them in short transactions.
func (s *Store) records(ctx context.Context, prefix string) iter.Seq2[entry, error] {
	const atOnce = 128
	return func(yield func(entry, error) bool) {
		for from, more := prefix, true; more; {
			page, err := s.page(ctx, prefix, from, atOnce)
			if err != nil {
				yield(entry{}, err)
				return
			}
			for _, e := range page {
				e.record, err = decode(e.key, e.value)
				if err != nil {
					err = fmt.Errorf("read %s: %w", e.key, err)
				}
				if (err != nil || e.kind == kindValue) && !yield(e, err) {
					return
				}
				from = e.key + "\x00"
			}
			more = len(page) == atOnce
		}
	}
}

// page reads up to n values whose keys begin with prefix and are not before from.
func (s *Store) page(ctx context.Context, prefix, from string, n int) (page []entry, err error) {
	err = s.view(ctx, func(tx *buntdb.Tx) error {
		return tx.AscendGreaterOrEqual("", from, func(key, value string) bool {
			if !strings.HasPrefix(key, prefix) {
				return false
			}
			page = append(page, entry{key: key, value: value})
			return len(page) < n
		})
	})
	return page, err
}
