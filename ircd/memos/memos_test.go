package memos

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

var now = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func newStore(t *testing.T) store.Store {
	st, err := bunt.Open(bunt.Memory)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	return st
}

func open(t *testing.T, st store.Store) *Service {
	t.Helper()
	s, err := Open(t.Context(), st, casemap.ASCII, slog.Default())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func memo(from string) Memo { return Memo{From: from, FromID: "id of " + from, At: now, Text: "tea"} }

func TestLeave(t *testing.T) {
	st := newStore(t)
	s := open(t, st)
	for i, test := range []struct {
		from string
		set  func(r *Record) error
		want error
	}{
		{"bob", nil, nil},
		{"bob", func(r *Record) error { r.Ignored = []string{"Bob"}; return nil }, ErrIgnored},
		{"carol", nil, nil},
		{"dave", nil, ErrFull},
		{"dave", func(r *Record) error { r.Remove(func(m Memo) bool { return m.Number == 1 }); return nil }, nil},
		{"dave", func(r *Record) error { r.Closed = true; return nil }, ErrClosed},
	} {
		if test.set != nil {
			if err := s.Change(t.Context(), "Alice", "1", test.set); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := s.Leave(t.Context(), "alice", "1", memo(test.from), 2); !errors.Is(err, test.want) {
			t.Errorf("step %d: %v, want %v", i, err, test.want)
		}
	}
	r, err := s.Of(t.Context(), "ALICE", "1")
	if err != nil || len(r.Memos) != 2 || r.Memos[1].Number != 3 {
		t.Errorf("there is %+v, %v", r, err)
	}
	if m, _, err := s.Leave(t.Context(), "alice", "1", Memo{From: "ChanServ", Text: "x"}, 9); err != nil || m.Number != 4 {
		t.Errorf("a service leaves number %d, %v", m.Number, err)
	}
}

func TestNews(t *testing.T) {
	st := newStore(t)
	s, other := open(t, st), open(t, st)
	for range 3 {
		if _, _, err := s.Leave(t.Context(), "alice", "1", memo("bob"), 9); err != nil {
			t.Fatal(err)
		}
	}
	if n := other.News("ALICE", "1"); n != 3 {
		t.Errorf("another server knows of %d", n)
	}
	if n := other.News("alice", "2"); n != 0 {
		t.Errorf("the next account of the name has %d", n)
	}
	read := func(r *Record) error { r.Memos[0].Read = now; return nil }
	if err := s.Change(t.Context(), "alice", "1", read); err != nil || other.News("alice", "1") != 2 {
		t.Errorf("%d are new after one was read, %v", other.News("alice", "1"), err)
	}
	all := func(r *Record) error { r.Remove(func(Memo) bool { return true }); return nil }
	if err := s.Change(t.Context(), "alice", "1", all); err != nil || other.News("alice", "1") != 0 {
		t.Errorf("some are new after all are removed, %v", err)
	}
	if _, err := st.Get(t.Context(), store.Memos, "alice"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("something is left: %v", err)
	}
}

// TestLeaveTogether lets two servers leave memos for the same account at once.
func TestLeaveTogether(t *testing.T) {
	st := newStore(t)
	services := []*Service{open(t, st), open(t, st)}
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			if _, _, err := services[i%2].Leave(t.Context(), "alice", "1", memo(fmt.Sprint("user", i)), 50); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	r, err := services[0].Of(t.Context(), "alice", "1")
	if err != nil || len(r.Memos) != 12 || r.Last != 12 {
		t.Errorf("there are %d, the last is number %d, %v", len(r.Memos), r.Last, err)
	}
}
