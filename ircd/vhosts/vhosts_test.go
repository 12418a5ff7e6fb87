package vhosts

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

func open(t *testing.T, st store.Store) *Service {
	t.Helper()
	s, err := Open(t.Context(), st, casemap.ASCII, slog.Default())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func newStore(t *testing.T) store.Store {
	st, err := bunt.Open(bunt.Memory)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	return st
}

func give(t *testing.T, s *Service, account, id, host string) {
	t.Helper()
	if err := s.Change(t.Context(), account, id, func(r *Record) error { r.Host = host; return nil }); err != nil {
		t.Fatal(err)
	}
}

func TestChange(t *testing.T) {
	st := newStore(t)
	s := open(t, st)
	give(t, s, "Alice", "1", "tea.example")
	other := open(t, st)
	if got := other.Of("ALICE", "1").Shown(); got != "tea.example" {
		t.Errorf("alice has %q", got)
	}
	if r := s.Of("alice", "2"); r != nil {
		t.Errorf("the next account of the name has %v", r)
	}
	if got := s.Like("tea.examp1e", "bob"); got != "alice" {
		t.Errorf("it looks like that of %q", got)
	}
	if got := s.Like("tea.example", "alice"); got != "" {
		t.Errorf("it looks like that of %q", got)
	}
	give(t, s, "alice", "2", "coffee.example") // another account of the name
	if s.Of("alice", "1") != nil || s.Of("alice", "2").Host != "coffee.example" {
		t.Error("what was kept of another account counts")
	}
	give(t, s, "alice", "2", "")
	if s.Of("alice", "2") != nil || s.Last("alice") != "coffee.example" {
		t.Errorf("%v is left, %q was the last", s.Of("alice", "2"), s.Last("alice"))
	}
	stop := errors.New("stop")
	if err := s.Change(t.Context(), "alice", "2", func(*Record) error { return stop }); !errors.Is(err, stop) {
		t.Error(err)
	}
}

// TestTogether: what several servers change at once is all there.
func TestTogether(t *testing.T) {
	st := newStore(t)
	var wait sync.WaitGroup
	for i := range 6 {
		s := open(t, st)
		wait.Go(func() {
			err := s.ChangeOffers(context.Background(), func(all []Offer) ([]Offer, error) {
				return append(all, Offer{Template: fmt.Sprint("x", i)}), nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if all := open(t, st).Offers(); len(all) != 6 {
		t.Errorf("offered are %v", all)
	}
}

// TestUnreadable: a record that cannot be read stops the start, not a running server.
func TestUnreadable(t *testing.T) {
	st := newStore(t)
	s := open(t, st)
	if _, err := st.Put(t.Context(), store.VHosts, "eve", []byte(`{"schema":99}`), 0); err != nil {
		t.Fatal(err)
	}
	if s.Of("eve", "") != nil {
		t.Error("it counts")
	}
	if _, err := Open(t.Context(), st, casemap.ASCII, slog.Default()); !errors.Is(err, store.ErrNewer) {
		t.Errorf("opened: %v", err)
	}
}
