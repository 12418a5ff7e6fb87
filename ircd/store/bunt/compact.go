package bunt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/tidwall/buntdb"
)

// compact writes the file anew, without old revisions and deleted records. It is
// also the way out when syncing has failed. Meanwhile nobody writes, but
// everybody reads.
func (w *writer) compact() {
	w.tried = time.Now()
	err := w.rewrite()
	if err == nil {
		w.broken = nil
		w.store.failing.Store(false)
		return
	}
	w.store.log.Load().Error("the database cannot be written anew", "path", w.disk.path, "error", err)
	w.disk.compact = w.disk.size // not again before it has grown as much again
}

func (w *writer) rewrite() error {
	d, temp := w.disk, w.disk.path+".tmp"
	h := header{d.header.UUID, d.header.Generation + 1}
	size, err := create(temp, h, w.rev, w.store.records(context.Background(), ""))
	if err != nil {
		return err
	}
	db, file, err := openBoth(temp)
	if err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	if err := os.Rename(temp, d.path); err != nil {
		return errors.Join(err, db.Close(), file.Close(), os.Remove(temp))
	}
	old := w.store.swap(db)
	// Both are of the old file, which has lost its name.
	_, _ = old.Close(), d.file.Close()
	d.file, d.header, d.compact = file, h, size
	if err := errors.Join(syncFolder(d.path), d.sync()); err != nil {
		w.broken = fmt.Errorf("sync %s: %w", d.path, err)
		w.store.failing.Store(true)
		return err
	}
	return nil
}

// openBoth opens a file for BuntDB, and for syncing it.
func openBoth(path string) (*buntdb.DB, *os.File, error) {
	db, err := openBunt(path)
	if err != nil {
		return nil, nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return db, f, nil
}

// swap replaces BuntDB's view of the file.
func (s *Store) swap(db *buntdb.DB) (old *buntdb.DB) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, s.db = s.db, db
	return old
}
