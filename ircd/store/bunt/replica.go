package bunt

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/buntdb"

	"github.com/parley-irc/parley/ircd/store"
)

// The methods below keep a store equal to others, when something else decides about the
// order of commits and makes them durable.

// lag is how long what was applied may not be on the disk.
const lag = 200 * time.Millisecond

// Apply makes a commit that has got its revision elsewhere, if its conditions hold; the
// error is then that of Commit. Revisions must grow: a commit that is not later than the
// last one is there already, and nothing happens. It is on the disk some time later,
// see Synced.
func (s *Store) Apply(ctx context.Context, rev uint64, ops ...store.Op) error {
	if err := store.Validate(ops); err != nil {
		return err
	}
	_, err := s.submit(ctx, request{ops: ops, rev: rev})
	return err
}

// Rev returns the revision of the last commit.
func (s *Store) Rev(ctx context.Context) (uint64, error) {
	return s.submit(ctx, request{do: func() error { return nil }})
}

// Synced returns the revision up to which all commits are on the disk.
func (s *Store) Synced() uint64 { return s.writer.synced.Load() }

// A Stored is a record with its shelf.
type Stored struct {
	Shelf string
	store.Record
}

// Snapshot returns all records, and the revision of the last commit.
func (s *Store) Snapshot(ctx context.Context) (all []Stored, rev uint64, err error) {
	rev, err = s.submit(ctx, request{do: func() (err error) {
		all, err = s.everything()
		return err
	}})
	return all, rev, err
}

func (s *Store) everything() (all []Stored, err error) {
	err = s.db.View(func(tx *buntdb.Tx) error {
		var failed error
		err := tx.Ascend("", func(key, value string) bool {
			shelf, name, ok := strings.Cut(key, "/")
			if !ok {
				return true // the header
			}
			r, err := decode(key, value)
			if err != nil {
				failed = fmt.Errorf("read %s: %w", key, err)
			} else if r.kind == kindValue {
				all = append(all, Stored{shelf, store.Record{Key: name, Value: []byte(r.payload), Rev: r.rev}})
			}
			return failed == nil
		})
		return cmp.Or(failed, err)
	})
	return all, err
}

// Reset makes the store one that has these records and no others, with these revisions,
// and tells the watchers what has changed. rev is the revision of the last commit; it
// must not be smaller than that of this store. A Reset that is interrupted leaves a
// revision that is smaller, so that it shows.
func (s *Store) Reset(ctx context.Context, rev uint64, all []Stored) error {
	_, err := s.submit(ctx, request{do: func() error { return s.writer.reset(rev, all) }})
	return err
}

func (w *writer) reset(rev uint64, all []Stored) error {
	if rev < w.rev {
		return fmt.Errorf("%w: revision %d is older than %d", store.ErrConflict, rev, w.rev)
	}
	now, err := w.store.everything()
	if err != nil {
		return err
	}
	there := make(map[[2]string]uint64, len(now))
	for _, r := range now {
		there[[2]string{r.Shelf, r.Key}] = r.Rev
	}
	var missing []Stored
	for _, r := range all {
		name := [2]string{r.Shelf, r.Key}
		if there[name] != r.Rev {
			missing = append(missing, r)
		}
		delete(there, name)
	}
	// The greatest revision comes last, and with it what is gone.
	slices.SortStableFunc(missing, func(a, b Stored) int { return cmp.Compare(a.Rev, b.Rev) })
	for _, r := range missing {
		if err := w.force(r.Rev, store.Op{Shelf: r.Shelf, Key: r.Key, Value: r.Value}); err != nil {
			return err
		}
	}
	for name := range there {
		if err := w.force(rev, store.Op{Shelf: name[0], Key: name[1], Delete: true}); err != nil {
			return err
		}
	}
	// So the file says which revision it has, even if that commit has left nothing.
	if err := w.mark(rev); err != nil {
		return err
	}
	return w.sync()
}

// mark writes a revision.
func (w *writer) mark(rev uint64) error {
	err := w.store.db.Update(func(tx *buntdb.Tx) error {
		return set(tx, rev, []store.Op{{Shelf: markShelf, Key: "rev", Delete: true}})
	})
	if err != nil {
		return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	w.rev = rev
	return nil
}

// markShelf has nothing but a mark.
const markShelf = "mark"

// force writes a record whatever there is.
func (w *writer) force(rev uint64, op store.Op) error {
	if err := w.store.db.Update(func(tx *buntdb.Tx) error { return set(tx, rev, []store.Op{op}) }); err != nil {
		return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	w.rev = max(w.rev, rev)
	w.notify(committed{request{ops: []store.Op{op}}, rev})
	return nil
}
