package bunt

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/parley-irc/parley/ircd/store"
)

// content returns all that is in a store, as text.
func content(t interface{ Fatal(...any) }, s *Store) string {
	all, rev, err := s.Snapshot(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{fmt.Sprint("revision ", rev)}
	for _, r := range all {
		lines = append(lines, fmt.Sprintf("%s/%s=%s at %d", r.Shelf, r.Key, r.Value, r.Rev))
	}
	return strings.Join(lines, "\n")
}

func TestApply(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "db")
	s := open(t, path)
	var seen []string
	if _, err := s.Watch(ctx, "bans", func(c store.Change) { seen = append(seen, fmt.Sprint(c.Key, " ", c.Rev, " ", c.Deleted)) }); err != nil {
		t.Fatal(err)
	}
	a := store.Op{Shelf: "bans", Key: "a", Value: []byte("1")}
	if err := s.Apply(ctx, 10, a); err != nil {
		t.Fatal(err)
	}
	if err := s.Apply(ctx, 10, a); err != nil {
		t.Errorf("a second time: %v", err)
	}
	if err := s.Apply(ctx, 12, a); !errors.Is(err, store.ErrExists) {
		t.Errorf("a condition that does not hold: %v", err)
	}
	if rev, err := s.Rev(ctx); rev != 10 || err != nil {
		t.Errorf("revision %d, %v", rev, err)
	}
	if err := s.Apply(ctx, 20, store.Op{Shelf: "bans", Key: "a", Rev: 10, Delete: true}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(seen, []string{"a 10 false", "a 20 true"}) {
		t.Errorf("the watcher saw %q", seen)
	}
	if rev, err := s.Put(ctx, "bans", "b", nil, 0); rev != 21 || err != nil || s.Synced() != 21 {
		t.Errorf("after it, a commit of the store's own: %d, %v, synced %d", rev, err, s.Synced())
	}
	if err := s.Apply(ctx, 30, store.Op{Shelf: "bans", Key: "c"}); err != nil {
		t.Fatal(err)
	}
	before := content(t, s)
	s.Close()
	if after := content(t, open(t, path)); after != before {
		t.Errorf("opened again:\n%s\nwant\n%s", after, before)
	}
}

// TestReset makes random stores equal to others.
func TestReset(t *testing.T) {
	ctx := context.Background()
	folder := t.TempDir()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		path := filepath.Join(folder, fmt.Sprint(n))
		from, err := Open(path + ".from")
		if err != nil {
			t.Fatal(err)
		}
		defer from.Close()
		to, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		rev := uint64(1)
		keys := rapid.SampledFrom([]string{"a", "b", "c", "d"})
		both := rapid.IntRange(0, 5).Draw(t, "common")
		for i := range rapid.IntRange(0, 20).Draw(t, "commits") {
			rev += rapid.Uint64Range(1, 3).Draw(t, "step")
			op := store.Op{Shelf: rapid.SampledFrom([]string{"bans", "nicks"}).Draw(t, "shelf"), Key: keys.Draw(t, "key"), Value: []byte(fmt.Sprint(i))}
			if r, err := from.Get(ctx, op.Shelf, op.Key); err == nil {
				op.Rev, op.Delete = r.Rev, rapid.Bool().Draw(t, "delete")
			}
			if err := from.Apply(ctx, rev, op); err != nil {
				t.Fatal(err)
			}
			if i < both {
				if err := to.Apply(ctx, rev, op); err != nil {
					t.Fatal(err)
				}
			}
		}
		view := map[string]string{}
		cancel, err := to.Watch(ctx, "bans", func(c store.Change) {
			if view[c.Key] = string(c.Value); c.Deleted {
				delete(view, c.Key)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		defer cancel()
		all, rev, err := from.Snapshot(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := to.Reset(ctx, rev, all); err != nil {
			t.Fatal(err)
		}
		want := content(t, from)
		if got := content(t, to); got != want {
			t.Fatalf("it has\n%s\nwant\n%s", got, want)
		}
		for key, value := range view {
			if r, err := from.Get(ctx, "bans", key); err != nil || string(r.Value) != value {
				t.Fatalf("the watcher has %q, %q", key, value)
			}
		}
		to.Close()
		again, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		if got := content(t, again); got != want || again.Damage() != nil {
			t.Fatalf("opened again, it has\n%s\nwant\n%s", got, want)
		}
	})
}
