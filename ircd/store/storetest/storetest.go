// Package storetest is the conformance test of implementations of store.Store.
//
// A store is exchanged for another when servers are linked. What is written for
// the one must hold for the other, so the contract is kept here, as tests.
package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/parley-irc/parley/ircd/store"
)

// Test tests the stores that open returns. Each must be empty; the test closes it.
func Test(t *testing.T, open func(t *testing.T) store.Store) {
	for _, tt := range []struct {
		name string
		test func(*testing.T, store.Store)
	}{
		{"Put", testPut},
		{"Delete", testDelete},
		{"Revisions", testRevisions},
		{"Commit", testCommit},
		{"Invalid", testInvalid},
		{"List", testList},
		{"ListWhileWriting", testListWhileWriting},
		{"Watch", testWatch},
		{"WatchCancel", testWatchCancel},
		{"WatchOrder", testWatchOrder},
		{"Race", testRace},
		{"Context", testContext},
		{"Model", testModel},
		{"Close", testClose},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := open(t)
			defer s.Close()
			tt.test(t, s)
		})
	}
}

// TestDurable tests that what one store has acknowledged is in the next that
// open returns, which is of the same data.
func TestDurable(t *testing.T, open func(t *testing.T) store.Store) {
	ctx := context.Background()
	s := open(t)
	rev := put(t, s, "accounts", "alice", "one", 0)
	put(t, s, "accounts", "bob", "two", 0)
	gone := put(t, s, "nicks", "carol", "three", 0)
	if err := s.Delete(ctx, "nicks", "carol", gone); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t)
	defer s.Close()
	expect(t, s, "accounts", "alice", "one", rev)
	if got := list(t, s, "accounts", ""); !slices.Equal(got, []string{"alice=one", "bob=two"}) {
		t.Errorf("List: %q", got)
	}
	absent(t, s, "nicks", "carol")
	if again := put(t, s, "nicks", "carol", "four", 0); again <= gone {
		t.Errorf("revision %d after %d was deleted", again, gone)
	}
}

func put(t *testing.T, s store.Store, shelf, key, value string, rev uint64) uint64 {
	t.Helper()
	next, err := s.Put(context.Background(), shelf, key, []byte(value), rev)
	if err != nil || next <= rev {
		t.Fatalf("Put %s/%s over revision %d: %d, %v", shelf, key, rev, next, err)
	}
	return next
}

func expect(t *testing.T, s store.Store, shelf, key, value string, rev uint64) {
	t.Helper()
	r, err := s.Get(context.Background(), shelf, key)
	if err != nil || r.Key != key || string(r.Value) != value || r.Rev != rev {
		t.Errorf("Get %s/%s: %q, revision %d, %v; want %q, %d", shelf, key, r.Value, r.Rev, err, value, rev)
	}
}

func absent(t *testing.T, s store.Store, shelf, key string) {
	t.Helper()
	if r, err := s.Get(context.Background(), shelf, key); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Get %s/%s: %q, %v; want nothing", shelf, key, r.Value, err)
	}
}

func testContext(t *testing.T, s store.Store) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Get(ctx, "bans", "k"); !errors.Is(err, context.Canceled) {
		t.Errorf("Get: %v", err)
	}
	if err := s.List(ctx, "bans", "", func(store.Record) bool { return true }); !errors.Is(err, context.Canceled) {
		t.Errorf("List: %v", err)
	}
	for range 50 { // a call that is cancelled may happen, and must say so or not
		if _, err := s.Put(ctx, "bans", "k", nil, 0); err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, store.ErrExists) {
			t.Errorf("Put: %v", err)
		}
	}
}

func testClose(t *testing.T, s store.Store) {
	put(t, s, "bans", "k", "v", 0)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	ctx := context.Background()
	if _, err := s.Get(ctx, "bans", "k"); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("Get: %v", err)
	}
	if _, err := s.Put(ctx, "bans", "l", nil, 0); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("Put: %v", err)
	}
	if _, err := s.Watch(ctx, "bans", func(store.Change) {}); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("Watch: %v", err)
	}
}
