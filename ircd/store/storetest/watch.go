package storetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"github.com/parley-irc/parley/ircd/store"
)

// A view is an index that a watcher builds.
type view struct {
	mu      sync.Mutex
	records map[string]store.Record
	last    uint64
	errs    []string
}

func watch(t interface{ Fatal(...any) }, s store.Store, shelf string) (*view, func()) {
	v := &view{records: map[string]store.Record{}}
	var watching atomic.Bool
	cancel, err := s.Watch(context.Background(), shelf, func(c store.Change) {
		v.mu.Lock()
		defer v.mu.Unlock()
		if watching.Load() && c.Rev < v.last {
			v.errs = append(v.errs, fmt.Sprintf("revision %d of %s after %d", c.Rev, c.Key, v.last))
		}
		if c.Shelf != shelf || c.Deleted && c.Value != nil {
			v.errs = append(v.errs, fmt.Sprintf("odd change %+v", c))
		}
		v.last = max(v.last, c.Rev)
		v.records[c.Key] = c.Record
		if c.Deleted {
			delete(v.records, c.Key)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	watching.Store(true)
	return v, cancel
}

// compare compares the view with what the store holds.
func (v *view) compare(s store.Store, shelf string) error {
	want := map[string]store.Record{}
	err := s.List(context.Background(), shelf, "", func(r store.Record) bool {
		want[r.Key] = r
		return true
	})
	v.mu.Lock()
	defer v.mu.Unlock()
	if err != nil || len(v.errs) > 0 {
		return fmt.Errorf("%v %q", err, v.errs)
	}
	same := func(a, b store.Record) bool {
		return a.Key == b.Key && a.Rev == b.Rev && string(a.Value) == string(b.Value)
	}
	if !maps.EqualFunc(want, v.records, same) {
		return fmt.Errorf("the watcher has %v, the store %v", v.records, want)
	}
	return nil
}

func testWatch(t *testing.T, s store.Store) {
	ctx := context.Background()
	one := put(t, s, "bans", "before", "1", 0)
	put(t, s, "vhosts", "other", "", 0)
	v, cancel := watch(t, s, "bans")
	defer cancel()
	if v.records["before"].Rev != one || len(v.records) != 1 {
		t.Errorf("Watch returned with %v", v.records)
	}
	// A change is seen before it is acknowledged.
	two := put(t, s, "bans", "k", "2", 0)
	if v.records["k"].Rev != two {
		t.Errorf("Put returned before the watcher had seen it: %v", v.records)
	}
	_, err := s.Commit(ctx,
		store.Op{Shelf: "bans", Key: "k", Rev: two, Delete: true},
		store.Op{Shelf: "bans", Key: "l", Value: []byte("3")},
		store.Op{Shelf: "vhosts", Key: "l"})
	if err != nil {
		t.Fatal(err)
	}
	if _, there := v.records["k"]; there || string(v.records["l"].Value) != "3" {
		t.Errorf("after a commit: %v", v.records)
	}
	if _, err := s.Put(ctx, "bans", "l", nil, 0); !errors.Is(err, store.ErrExists) {
		t.Fatal(err)
	}
	if err := v.compare(s, "bans"); err != nil {
		t.Error(err)
	}
}

func testWatchCancel(t *testing.T, s store.Store) {
	var seen atomic.Int32
	var cancel func()
	cancel, err := s.Watch(context.Background(), "bans", func(c store.Change) {
		seen.Add(1)
		if c.Key == "stop" {
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, "bans", "a", "", 0)
	put(t, s, "bans", "stop", "", 0)
	put(t, s, "bans", "b", "", 0)
	if seen.Load() != 2 {
		t.Errorf("the watcher saw %d changes, want 2", seen.Load())
	}
}

// testWatchOrder writes from several goroutines while watchers come and go.
func testWatchOrder(t *testing.T, s store.Store) {
	const writers, writes = 4, 50
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			key := fmt.Sprintf("k%d", w%2)
			for i := range writes {
				r, err := s.Get(context.Background(), "bans", key)
				if err != nil && !errors.Is(err, store.ErrNotFound) {
					t.Error(err)
				}
				_, err = s.Put(context.Background(), "bans", key, fmt.Append(nil, w, i), r.Rev)
				if err != nil && !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) {
					t.Error(err)
				}
			}
		})
	}
	var views []*view
	for range 5 {
		v, cancel := watch(t, s, "bans")
		defer cancel()
		views = append(views, v)
	}
	wg.Wait()
	for _, v := range views {
		if err := v.compare(s, "bans"); err != nil {
			t.Error(err)
		}
	}
}

// testModel compares random programs with a map.
func testModel(t *testing.T, s store.Store) {
	v, cancel := watch(t, s, "bans")
	defer cancel()
	type rec struct {
		value string
		rev   uint64
	}
	model := map[string]rec{}
	rapid.Check(t, func(t *rapid.T) {
		var ops []store.Op
		next := maps.Clone(model)
		ok := true
		keys := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d"}), 1, 4, rapid.ID).Draw(t, "keys")
		for _, key := range keys {
			op := store.Op{Shelf: "bans", Key: key, Rev: model[key].rev, Delete: rapid.Bool().Draw(t, "delete")}
			if rapid.IntRange(0, 9).Draw(t, "wrong") == 0 {
				op.Rev += 3
			}
			if !op.Delete {
				op.Value = []byte(rapid.String().Draw(t, "value"))
			}
			ok = ok && op.Holds(model[key].rev) == nil
			ops = append(ops, op)
		}
		rev, err := s.Commit(context.Background(), ops...)
		if (err == nil) != ok {
			t.Fatalf("%+v over %v: %v", ops, model, err)
		}
		for _, op := range ops {
			if next[op.Key] = (rec{string(op.Value), rev}); op.Delete {
				delete(next, op.Key)
			}
		}
		if ok {
			model = next
		}
		if err := v.compare(s, "bans"); err != nil {
			t.Fatal(err)
		}
		if got, want := slices.Sorted(maps.Keys(v.records)), slices.Sorted(maps.Keys(model)); !slices.Equal(got, want) {
			t.Fatalf("the store has %q, want %q", got, want)
		}
		for key, r := range model {
			if string(v.records[key].Value) != r.value || v.records[key].Rev != r.rev {
				t.Fatalf("%s is %+v, want %+v", key, v.records[key], r)
			}
		}
	})
}
