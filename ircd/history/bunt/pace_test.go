package bunt

import (
	"context"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tidwall/buntdb"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

// TestNeverWritten tests that what is new and deleted in one commit is not written, as
// messages that are in a block by then; but that what may be in the file is deleted.
func TestNeverWritten(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "db"), small)
	w := &l.writer // which has nothing to do
	set := func(key string, isNew bool) history.Change {
		return history.Change{Key: key, Record: history.Record(key, nil), New: isNew}
	}
	del := func(key string) history.Change { return history.Change{Key: key} }
	for _, c := range []struct {
		name  string
		first []history.Change // in a commit before
		then  []history.Change
		left  string
		size  int // of what is written by then, in commands
	}{
		{"new and deleted", nil, []history.Change{set("e1", true), del("e1")}, "", 0},
		{"new, changed and deleted", nil, []history.Change{set("e2", true), set("e2", false), del("e2")}, "", 0},
		{"changed and deleted", []history.Change{set("e3", true)}, []history.Change{set("e3", false), del("e3")}, "", 1},
		{"deleted, new and deleted", []history.Change{set("e4", true)}, []history.Change{del("e4"), set("e4", true), del("e4")}, "", 1},
		{"twice new", nil, []history.Change{set("e5", true), del("e5"), set("e5", true)}, "e5", 1},
	} {
		if err := w.write(w.db, [][]history.Change{c.first}); err != nil {
			t.Fatal(err)
		}
		if err := w.write(w.db, [][]history.Change{c.then}); err != nil {
			t.Fatal(err)
		}
		if len(w.latest) != c.size {
			t.Errorf("%s: %d commands instead of %d", c.name, len(w.latest), c.size)
		}
		left := ""
		_ = w.db.View(func(tx *buntdb.Tx) error {
			return tx.AscendKeys("e*", func(key, _ string) bool { left += key; return true })
		})
		if left != c.left {
			t.Errorf("%s: the file has %q instead of %q", c.name, left, c.left)
		}
	}
}

// TestPace tests that what somebody waits for is written within the window, and what
// nobody waits for not much later.
func TestPace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	synctest.Test(t, func(t *testing.T) {
		l := open(t, path, Options{})
		c := event.NewClock("ua", time.Now)
		if err := l.Wait(context.Background(), l.Append("#c", message(c, "at once"))); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		l.Append("#c", message(c, "when it is time"))
		synctest.Wait()
		if l.writer.pending() == 0 {
			t.Error("what nobody waits for was written within the window")
		}
		if err := l.Wait(context.Background(), l.Append("#c", message(c, "in a hurry"))); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took > 5*time.Millisecond {
			t.Errorf("somebody has waited for %v", took)
		}
		l.Append("#c", message(c, "by and by"))
		time.Sleep(unhurried)
		synctest.Wait()
		if pending := l.writer.pending(); pending > 0 {
			t.Errorf("after %v, %d changes have not been written", unhurried, pending)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second) // BuntDB's own goroutine
	})
}
