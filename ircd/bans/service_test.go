package bans

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/store"
)

func TestService(t *testing.T) {
	st := openStore(t)
	a, b := open(t, st, "ua"), open(t, st, "ub")
	var seen []string
	b.OnChange(func(old, new *Ban) {
		what := "nothing"
		switch {
		case old == nil:
			what = "new " + new.Target
		case new == nil:
			what = "no " + old.Target
		default:
			what = old.Reason + " becomes " + new.Reason
		}
		seen = append(seen, what)
	})
	first := set(t, a, Out, "192.0.2.0/24", Ban{Reason: "one", By: "alice"}, start)
	again := set(t, b, Out, "192.0.2.1/24", Ban{Reason: "two", By: "bob"}, start.Add(time.Second))
	if first.ID != again.ID || len(first.ID) != 7 {
		t.Errorf("%q, then %q", first.ID, again.ID)
	}
	set(t, a, Shun, "192.0.2.0/24", Ban{}, start)
	set(t, b, Out, "EVELYN", Ban{Until: start.Add(time.Hour)}, start)
	q, _ := Parse(casemap.ASCII, Out, "evelyn")
	if l, ok := a.Lookup(q); !ok || l.Target != "a:EVELYN" {
		t.Errorf("%+v", l)
	}
	if got := len(a.List()); got != 3 {
		t.Errorf("%d bans", got)
	}
	if over := a.Expire(t.Context(), start.Add(time.Hour-1)); over != nil {
		t.Errorf("over too early: %v", over)
	}
	if over := a.Expire(t.Context(), start.Add(time.Hour)); len(over) != 1 || over[0].Target != "a:EVELYN" {
		t.Errorf("over: %v", over)
	}
	if over := b.Expire(t.Context(), start.Add(time.Hour)); over != nil {
		t.Errorf("over again: %v", over)
	}
	if removed, err := a.RemoveID(t.Context(), first.ID); err != nil || removed.Reason != "two" {
		t.Error(removed, err)
	}
	if _, err := a.RemoveID(t.Context(), first.ID); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if _, err := b.Remove(t.Context(), q); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	want := []string{"new 192.0.2.0/24", "one becomes two", "new 192.0.2.0/24", "new a:EVELYN", "no a:EVELYN", "no 192.0.2.0/24"}
	if !slices.Equal(seen, want) {
		t.Errorf("seen %q", seen)
	}
}

func TestHits(t *testing.T) {
	st := openStore(t)
	a, b := open(t, st, "ua"), open(t, st, "ub")
	ban := set(t, a, Out, "evelyn", Ban{}, start)
	q, _ := Parse(casemap.ASCII, Out, "evelyn")
	if !a.Hit(&ban, start) || a.Hit(&ban, start.Add(59*time.Second)) || !a.Hit(&ban, start.Add(2*time.Minute)) || !b.Hit(&ban, start.Add(time.Hour)) {
		t.Error("what is news is not said right")
	}
	for _, s := range []*Service{a, b} {
		if err := s.KeepHits(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	third := open(t, st, "ua") // after a restart
	third.Hit(&ban, start)
	for i, s := range []*Service{a, b, third} {
		l, _ := s.Lookup(q)
		if want := int64(4 + i/2); l.Hits.Count != want || !l.Hits.Last.Equal(start.Add(time.Hour)) {
			t.Errorf("server %d: %+v, want %d", i, l.Hits, want)
		}
	}
	if _, err := a.Remove(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for _, s := range []*Service{a, b} {
			if err := s.KeepHits(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	left := 0
	_ = st.List(t.Context(), store.Hits, "", func(store.Record) bool { left++; return true })
	if left != 0 || a.counts.Len() != 0 {
		t.Errorf("%d records and %d counts are left of a ban that is no more", left, a.counts.Len())
	}
}

func TestPropose(t *testing.T) {
	s := open(t, openStore(t), "ua")
	p := Proposal{By: "alice", Ban: Ban{Reason: "x"}}
	code := s.Propose(p, start)
	if _, ok := s.Confirm(code, "bob", start); ok {
		t.Error("bob confirms what alice wants")
	}
	if _, ok := s.Confirm("x", "alice", start); ok {
		t.Error("any code will do")
	}
	if got, ok := s.Confirm(code, "alice", start.Add(pendingFor-1)); !ok || got.Ban.Reason != "x" {
		t.Error("alice cannot confirm")
	}
	if _, ok := s.Confirm(code, "alice", start); ok {
		t.Error("it can be confirmed twice")
	}
	if code = s.Propose(p, start); code == "" {
		t.Fatal("no code")
	}
	if _, ok := s.Confirm(code, "alice", start.Add(pendingFor)); ok {
		t.Error("it can be confirmed for ever")
	}
	for range 3 * mostPending {
		s.Propose(p, start)
	}
	if len(s.pending.by) > mostPending {
		t.Errorf("%d proposals wait", len(s.pending.by))
	}
}
