package accounts

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/parley-irc/parley/ircd/store"
)

func TestClaim(t *testing.T) {
	s, _ := newService(t)
	register(t, s, "Bob", "x")
	register(t, s, "Carol", "x")
	for _, tt := range []struct {
		nick string
		want error
	}{
		{"Robert", nil},
		{"robert", ErrExists},
		{"R0bert", ErrConfusable},
		{"carol", ErrExists},
		{"car0l", ErrConfusable},
		{"not valid", ErrName},
	} {
		if err := s.AddNick(ctx, "bob", tt.nick); !errors.Is(err, tt.want) {
			t.Errorf("group %s: %v, want %v", tt.nick, err, tt.want)
		}
	}
	if c, ok := s.Claim("rObert"); !ok || !c.Exact || c.Account.Name != "Bob" {
		t.Errorf("Claim: %+v, %v", c, ok)
	}
	if c, ok := s.Claim("r0bert"); !ok || c.Exact || c.Account.Name != "Bob" {
		t.Errorf("Claim of what looks like it: %+v, %v", c, ok)
	}
	check(t, s, "robert", "x", nil) // logs in to bob
	if s.Lookup("r0bert") != nil {
		t.Error("one can log in by a nick that looks like another")
	}
	if err := errors.Join(s.RemoveNick(ctx, "bob", "ROBERT")); err != nil {
		t.Error(err)
	}
	if err := s.RemoveNick(ctx, "bob", "robert"); !errors.Is(err, ErrNoSuch) {
		t.Errorf("ungroup twice: %v", err)
	}
	register(t, s, "Robert", "x")
	if err := s.Reserve(ctx, "services"); err != nil {
		t.Error(err)
	}
	if err := s.Reserve(ctx, "b0b"); !errors.Is(err, ErrConfusable) {
		t.Errorf("reserve what looks like an account: %v", err)
	}
	if _, _, err := s.Register(ctx, Registration{Name: "Services", Password: "x"}); !errors.Is(err, ErrReserved) {
		t.Errorf("register a reserved nick: %v", err)
	}
	if err := s.Release(ctx, "bob"); !errors.Is(err, ErrNoSuch) {
		t.Errorf("release an account's nick: %v", err)
	}
	if err := s.Release(ctx, "SERVICES"); err != nil {
		t.Error(err)
	}
	register(t, s, "Services", "x")
}

func TestSettings(t *testing.T) {
	s, _ := newService(t)
	register(t, s, "alice", "x")
	before := s.Lookup("alice")
	for _, v := range []string{"on", "off"} {
		if err := s.Set(ctx, "alice", "always-on", v); err != nil {
			t.Fatal(err)
		}
		if got := s.Lookup("alice").Settings["always-on"]; got != v {
			t.Errorf("setting is %q, want %q", got, v)
		}
	}
	if err := errors.Join(s.Set(ctx, "alice", "always-on", ""), setEmail(s, "alice", "a@example.org")); err != nil {
		t.Fatal(err)
	}
	a := s.Lookup("alice")
	if _, there := a.Settings["always-on"]; there || a.Email != "a@example.org" || before.Settings != nil {
		t.Errorf("%+v", *a)
	}
	n := 0
	s.List(func(*Account) bool { n++; return true })
	if n != 1 {
		t.Errorf("List has %d accounts", n)
	}
}

// TestUpdateRace tests that changes made at once are all made.
func TestUpdateRace(t *testing.T) {
	s, _ := newService(t)
	register(t, s, "alice", "x")
	var wg sync.WaitGroup
	var done atomic.Int32
	for i := range 6 {
		wg.Go(func() {
			if err := s.AddCert(ctx, "alice", fp(i), ""); err == nil {
				done.Add(1)
			} else if !errors.Is(err, store.ErrUnavailable) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := len(s.Lookup("alice").Certs); n != int(done.Load()) || n == 0 {
		t.Errorf("%d certificates, %d were acknowledged", n, done.Load())
	}
}
