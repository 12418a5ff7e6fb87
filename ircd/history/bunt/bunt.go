// Package bunt implements history.Log with BuntDB.
//
// BuntDB keeps all it holds in memory, and so does a history.Ring, which answers
// every query: they share the strings, so that it is there once, and no reader ever
// waits for the database. What BuntDB leaves to do is done here. One goroutine
// writes, many changes in one commit, which is whole or absent after a crash. A
// failing fsync is an error. The file is checked before it is used. And it is
// written anew from the ring beside the old one, which stays in use until the new
// one is synced: BuntDB's Shrink stalls writers, and renames before it syncs.
package bunt

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tidwall/buntdb"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

// ErrUnreadable means that a file is not a history of Parley, or that nothing can
// be read of one that held something. Open leaves such a file alone.
var ErrUnreadable = errors.New("nothing can be read of the history")

// Options are the options of Open.
type Options struct {
	history.Options
	// Relaxed means that Wait does not wait: what is appended is written
	// within 50 ms and synced within about a second.
	Relaxed bool
	// Window is how long after a commit the next begins at the earliest, so
	// that they are not too many; 0 is 5 ms, or 50 ms if Relaxed.
	Window time.Duration
	// Progress, if not nil, is called while a file is being read: while it is checked, and
	// with all of it done when it begins to be loaded, which takes longer.
	Progress func(done, total int64)
	// Log is told what an operator may want to know and need do nothing about; nil is
	// nobody.
	Log *slog.Logger
	// Notify, if not nil, is called when the file can no longer be written,
	// with the reason, and with nil when it can again. It must not wait.
	Notify func(error)
}

// A Log is a history.Log in one file. Only one process may have the file open;
// the lock on the data folder sees to that.
type Log struct {
	*history.Ring
	queue  queue
	writer writer
	damage *Damage
	purge  atomic.Bool // something was removed that must not stay in the file

	closing sync.Once
	closed  error // what Close returns
}

var _ history.Log = (*Log)(nil)

// Open opens the file at path, creating it with mode 0600 if there is none.
//
// If the file is damaged, it is kept aside under another name, and what can be read
// becomes the new file: see Damage. If nothing can be read, the error wraps
// ErrUnreadable. After Close, a goroutine of BuntDB remains for up to a second.
func Open(path string, o Options) (*Log, error) {
	if o.Progress == nil {
		o.Progress = func(done, total int64) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	d, damage, err := openDisk(path, o.Progress)
	if err != nil {
		return nil, fmt.Errorf("open the history: %w", err)
	}
	o.Progress(d.size, d.size)
	l := &Log{damage: damage}
	l.Ring = history.Prepare(o.Options, &l.queue)
	l.queue.begin()
	l.writer.begin(l, d, &o)
	if err := l.load(); err != nil {
		return nil, errors.Join(fmt.Errorf("open the history %s: %w", path, err), l.writer.close())
	}
	l.purge.Store(true) // what was removed before the last stop may still be in the file
	l.Ring.Start()
	go l.writer.run()
	return l, nil
}

// load opens the database and fills the ring with it.
func (l *Log) load() (err error) {
	w := &l.writer
	if w.db, err = openBunt(w.disk.path); err != nil {
		return err
	}
	var newer error
	orphans := 0
	err = w.db.View(func(tx *buntdb.Tx) error {
		return tx.Ascend("", func(key, value string) bool {
			if key == headerKey || key == commitKey {
				return true
			}
			if err := l.Load(key, value); errors.Is(err, history.ErrNewer) {
				newer = err
			} else if err != nil {
				w.useless = append(w.useless, history.Change{Key: key})
				if errors.Is(err, history.ErrNotFound) {
					orphans++
				}
			}
			return newer == nil
		})
	})
	if err = errors.Join(err, newer); err != nil {
		return err
	}
	l.Loaded(l.damage != nil)
	if orphans > 0 && l.damage != nil {
		l.damage.Problems = append(l.damage.Problems, fmt.Sprintf("%d records are of a channel or conversation whose name does not read", orphans))
	}
	return nil
}

func openBunt(path string) (*buntdb.DB, error) {
	db, err := buntdb.Open(path)
	if err != nil {
		return nil, err
	}
	return db, db.SetConfig(buntdb.Config{SyncPolicy: buntdb.Never, AutoShrinkDisabled: true})
}

// Damage returns what was wrong with the file, or nil. Whoever opens a log must
// tell the operator.
func (l *Log) Damage() *Damage { return l.damage }

// Wait implements history.Log.
func (l *Log) Wait(ctx context.Context, t history.Ticket) error {
	return l.queue.wait(ctx, t, l.writer.relaxed)
}

// Rewrite implements history.Log.
func (l *Log) Rewrite(buffer, msgid string, f func(*event.Event) *event.Event) (history.Ticket, error) {
	defer l.purge.Store(true)
	return l.Ring.Rewrite(buffer, msgid, f)
}

// Drop implements history.Log.
func (l *Log) Drop(buffer string) history.Ticket {
	defer l.purge.Store(true)
	return l.Ring.Drop(buffer)
}

// DropAuthor implements history.Log.
func (l *Log) DropAuthor(ctx context.Context, account string, until event.Stamp) (int, history.Ticket, error) {
	defer l.purge.Store(true)
	return l.Ring.DropAuthor(ctx, account, until)
}

// Stats implements history.Log.
func (l *Log) Stats() history.Stats {
	s := l.Ring.Stats()
	s.File = l.writer.size.Load()
	s.Compactions = int(l.writer.compactions.Load())
	s.Pending, s.Degraded = l.writer.pending(), l.queue.degraded()
	return s
}

// Close implements history.Log.
func (l *Log) Close() error {
	l.closing.Do(func() {
		_ = l.Ring.Close() // cannot fail
		close(l.writer.quit)
		<-l.writer.stopped
		l.closed = l.writer.closed
	})
	return l.closed
}
