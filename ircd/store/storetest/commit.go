package storetest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/parley-irc/parley/ircd/store"
)

func testPut(t *testing.T, s store.Store) {
	ctx := context.Background()
	absent(t, s, "bans", "k")
	if _, err := s.Put(ctx, "bans", "k", nil, 7); !errors.Is(err, store.ErrConflict) {
		t.Errorf("Put over a revision that is not there: %v", err)
	}
	one := put(t, s, "bans", "k", "one", 0)
	_, err := s.Put(ctx, "bans", "k", []byte("other"), 0)
	if !errors.Is(err, store.ErrExists) {
		t.Errorf("Put of what exists: %v", err)
	}
	var failed *store.OpError
	if !errors.As(err, &failed) || failed.Op.Shelf != "bans" || failed.Op.Key != "k" {
		t.Errorf("the error does not tell which change failed: %#v", err)
	}
	const odd = "two\x00\r\n*3\r\n$3\r\nset\r\n\xff"
	two := put(t, s, "bans", "k", odd, one)
	if _, err := s.Put(ctx, "bans", "k", []byte("other"), one); !errors.Is(err, store.ErrConflict) {
		t.Errorf("Put over an old revision: %v", err)
	}
	expect(t, s, "bans", "k", odd, two)
	absent(t, s, "vhosts", "k")
	empty := put(t, s, "bans", "a/b é\x00", "", 0)
	expect(t, s, "bans", "a/b é\x00", "", empty)
}

func testDelete(t *testing.T, s store.Store) {
	ctx := context.Background()
	if err := s.Delete(ctx, "bans", "k", 0); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Delete of nothing: %v", err)
	}
	one := put(t, s, "bans", "k", "v", 0)
	if err := s.Delete(ctx, "bans", "k", one+1); !errors.Is(err, store.ErrConflict) {
		t.Errorf("Delete of another revision: %v", err)
	}
	if err := s.Delete(ctx, "bans", "k", one); err != nil {
		t.Error(err)
	}
	absent(t, s, "bans", "k")
	if err := s.Delete(ctx, "bans", "k", one); !errors.Is(err, store.ErrConflict) {
		t.Errorf("Delete of a revision that is gone: %v", err)
	}
	put(t, s, "bans", "k", "v", 0)
	if err := s.Delete(ctx, "bans", "k", 0); err != nil {
		t.Errorf("Delete of any revision: %v", err)
	}
}

func testRevisions(t *testing.T, s store.Store) {
	ctx := context.Background()
	one := put(t, s, "bans", "k", "one", 0)
	if err := s.Delete(ctx, "bans", "k", one); err != nil {
		t.Fatal(err)
	}
	two := put(t, s, "bans", "k", "two", 0)
	if two <= one {
		t.Errorf("revision %d after %d", two, one)
	}
	if _, err := s.Put(ctx, "bans", "k", []byte("late"), one); !errors.Is(err, store.ErrConflict) {
		t.Errorf("Put over the revision of a record that was deleted: %v", err)
	}
}

func testCommit(t *testing.T, s store.Store) {
	ctx := context.Background()
	a := put(t, s, "accounts", "a", "1", 0)
	rev, err := s.Commit(ctx,
		store.Op{Shelf: "accounts", Key: "a", Rev: a, Delete: true},
		store.Op{Shelf: "nicks", Key: "a", Value: []byte("reserved")},
		store.Op{Shelf: "certs", Key: "a", Value: []byte("c")},
	)
	if err != nil {
		t.Fatal(err)
	}
	absent(t, s, "accounts", "a")
	expect(t, s, "nicks", "a", "reserved", rev)
	expect(t, s, "certs", "a", "c", rev)
	_, err = s.Commit(ctx,
		store.Op{Shelf: "accounts", Key: "a", Value: []byte("back")},
		store.Op{Shelf: "certs", Key: "a", Rev: rev, Delete: true},
		store.Op{Shelf: "nicks", Key: "a", Value: []byte("mine")},
	)
	var failed *store.OpError
	if !errors.As(err, &failed) || failed.Op.Shelf != "nicks" || !errors.Is(err, store.ErrExists) {
		t.Errorf("Commit of which one change is refused: %v", err)
	}
	absent(t, s, "accounts", "a")
	expect(t, s, "certs", "a", "c", rev)
}

func testInvalid(t *testing.T, s store.Store) {
	ctx := context.Background()
	if _, err := s.Commit(ctx); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("empty Commit: %v", err)
	}
	if _, err := s.Put(ctx, "bans", "", nil, 0); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("empty key: %v", err)
	}
	op := store.Op{Shelf: "bans", Key: "k"}
	if _, err := s.Commit(ctx, op, op); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("a key twice: %v", err)
	}
	absent(t, s, "bans", "k")
	large := string(make([]byte, store.MaxValue))
	expect(t, s, "bans", "large", large, put(t, s, "bans", "large", large, 0))
}

func testRace(t *testing.T, s store.Store) {
	var wins atomic.Int32
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			_, err := s.Put(context.Background(), "nicks", "race", nil, 0)
			if err == nil {
				wins.Add(1)
			} else if !errors.Is(err, store.ErrExists) {
				t.Errorf("Put: %v", err)
			}
		})
	}
	if wg.Wait(); wins.Load() != 1 {
		t.Errorf("%d of 16 registrations of one name succeeded", wins.Load())
	}
}
