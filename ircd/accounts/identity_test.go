package accounts

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/store"
)

// A directory is an authority for tests: the password of everybody in it is "there".
// Tokens are the names themselves.
type directory struct {
	people map[string]Identity
	rule   Rule
	down   bool
	asked  atomic.Int64
}

func (d *directory) Check(_ context.Context, name, pw string, _ netip.Addr) (Identity, Rule, error) {
	d.asked.Add(1)
	id, ok := d.people[name]
	switch {
	case d.down:
		return Identity{}, Rule{}, ErrAuthority
	case !ok || pw != "there":
		return Identity{}, Rule{}, ErrCredentials
	}
	return id, d.rule, nil
}

type tickets struct{ *directory }

func (t tickets) Check(ctx context.Context, kind, token string) (Identity, Rule, error) {
	if kind != "ticket" {
		return Identity{}, Rule{}, ErrCredentials
	}
	return t.directory.Check(ctx, token, "there", netip.Addr{})
}

func person(name string) Identity {
	return Identity{Authority: "there", Subject: "id of " + name, Name: name, Email: name + "@example.org", Confirmed: true}
}

func withDirectory(t *testing.T, rule Rule, names ...string) (*Service, *directory, *clock) {
	d, c := &directory{people: map[string]Identity{}, rule: rule}, &clock{}
	for _, name := range names {
		d.people[name] = person(name)
	}
	o := options(c)
	o.Authorities, o.Tokens = []Authority{d}, tickets{d}
	return openService(t, openStore(t), o), d, c
}

func token(s *Service, token string) (Proof, error) {
	return s.At(home).Token(ctx, "ticket", token)
}

func enters(t *testing.T, s *Service, p Proof, want string) {
	t.Helper()
	got := ""
	if err := s.Authorise(p, home, func(g Grant) { got = g.Account().Name }); err != nil || got != want {
		t.Errorf("enters %q: %v, want %q", got, err, want)
	}
}

func TestFounded(t *testing.T) {
	s, d, _ := withDirectory(t, Rule{Create: true}, "alice", "bob", "NickServ")
	s.Forbid(func(name string) bool { return name == "NickServ" })
	p, err := s.At(home).Password(ctx, "alice", "there")
	if err != nil || p.Method() != Password {
		t.Fatal(p, err)
	}
	enters(t, s, p, "alice")
	a := s.Lookup("alice")
	if !a.Verified || !a.Confirmed || a.Email != "alice@example.org" || !a.Elsewhere() {
		t.Errorf("%+v", a)
	}
	if p, err = token(s, "alice"); err != nil || p.Method() != Token || s.Count() != 1 {
		t.Fatal(p, err, s.Count())
	}
	enters(t, s, p, "alice")
	check(t, s, "alice", "here", ErrCredentials)
	check(t, s, "carol", "there", ErrCredentials)
	if _, err := token(s, "NickServ"); !errors.Is(err, ErrReserved) {
		t.Errorf("the name of a service: %v", err)
	}
	if err := s.SetPassword(ctx, "alice", "here"); !errors.Is(err, ErrElsewhere) {
		t.Errorf("a password here: %v", err)
	}
	if err := s.Unlink(ctx, "alice", 0); !errors.Is(err, ErrOnlyWay) {
		t.Errorf("the last link: %v", err)
	}
	// The identity is who it is, whatever it is called now, and nobody gets it by the name.
	d.people["alice"], d.people["bob"] = Identity{Authority: "there", Subject: "somebody else", Name: "alice"}, person("alice")
	if p, err = token(s, "bob"); err != nil {
		t.Fatal(err)
	}
	enters(t, s, p, "alice")
	if _, err = token(s, "alice"); !errors.Is(err, ErrUnlinked) {
		t.Errorf("somebody else of that name: %v", err)
	}
}

func TestFoundedOnce(t *testing.T) {
	s, _, _ := withDirectory(t, Rule{Create: true}, "alice")
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			p, err := token(s, "alice")
			if err != nil || p.Account() != "alice" {
				t.Error(p, err)
			}
		})
	}
	wait.Wait()
}

// TestRegisteredBefore tests that whoever an authority calls alice is not the alice who
// has registered here.
func TestRegisteredBefore(t *testing.T) {
	s, d, _ := withDirectory(t, Rule{Create: true}, "alice", "ally")
	register(t, s, "alice", "here")
	if err := s.AddNick(ctx, "alice", "ally"); err != nil {
		t.Fatal(err)
	}
	if check(t, s, "alice", "there", ErrCredentials); d.asked.Load() != 0 {
		t.Error("the password went elsewhere, though it is kept here")
	}
	for _, name := range []string{"alice", "ally"} {
		if _, err := token(s, name); !errors.Is(err, ErrUnlinked) {
			t.Errorf("as %s: %v", name, err)
		}
	}
	p, err := s.At(home).Linking("alice").Token(ctx, "ticket", "ally")
	if err != nil {
		t.Fatal(err)
	}
	enters(t, s, p, "alice")
	if p, err = token(s, "ally"); err != nil {
		t.Fatal(err)
	}
	enters(t, s, p, "alice")
	register(t, s, "bob", "here")
	if _, err := s.At(home).Linking("bob").Token(ctx, "ticket", "ally"); !errors.Is(err, ErrLinked) {
		t.Errorf("tied to two: %v", err)
	}
	if err := s.Unlink(ctx, "alice", 0); err != nil {
		t.Fatal(err)
	}
	if _, err := token(s, "ally"); !errors.Is(err, ErrUnlinked) {
		t.Errorf("untied: %v", err)
	}
	if p, err = s.At(home).Linking("bob").Elsewhere(ctx, "ally", "there"); err != nil {
		t.Fatal(err)
	}
	enters(t, s, p, "bob")
}

func TestTrustedNames(t *testing.T) {
	s, _, _ := withDirectory(t, Rule{Trust: true}, "alice", "ally", "bob")
	register(t, s, "alice", "here")
	if err := s.AddNick(ctx, "alice", "ally"); err != nil {
		t.Fatal(err)
	}
	p, err := token(s, "alice")
	if err != nil {
		t.Fatal(err)
	}
	enters(t, s, p, "alice")
	if _, err := token(s, "ally"); !errors.Is(err, ErrUnlinked) {
		t.Errorf("a grouped nick: %v", err)
	}
	if _, err := token(s, "bob"); !errors.Is(err, ErrCredentials) {
		t.Errorf("without an account: %v", err)
	}
}

func TestLinksEnd(t *testing.T) {
	s, _, _ := withDirectory(t, Rule{Create: true}, "alice", "ally")
	if _, err := token(s, "alice"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.At(home).Linking("alice").Token(ctx, "ticket", "ally"); err != nil {
		t.Fatal(err)
	}
	if err := s.Suspend(ctx, "alice", Suspension{}); err != nil {
		t.Fatal(err)
	}
	p, err := token(s, "alice")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Authorise(p, home, func(Grant) { t.Error("entered") }); !errors.Is(err, ErrSuspended) {
		t.Error(err)
	}
	if links := s.Lookup("alice").Links; len(links) != 1 || !links[0].Founder {
		t.Errorf("suspended, with %v", links)
	}
	if err := s.Erase(ctx, "alice"); err != nil {
		t.Fatal(err)
	}
	err = s.store.List(ctx, store.Identities, "", func(r store.Record) bool {
		t.Errorf("erased, but for %s", r.Value)
		return true
	})
	if err != nil {
		t.Error(err)
	}
}

// TestAuthorityDown tests that nobody is thrown out for attempts that nobody has judged.
func TestAuthorityDown(t *testing.T) {
	s, d, c := withDirectory(t, Rule{Create: true}, "alice")
	d.down = true
	for range 100 {
		check(t, s, "alice", "there", ErrAuthority)
		if _, err := token(s, "alice"); !errors.Is(err, ErrAuthority) {
			t.Fatal(err)
		}
	}
	d.down = false
	for range 10 {
		check(t, s, "alice", "wrong", ErrCredentials)
	}
	asked := d.asked.Load()
	check(t, s, "alice", "there", ErrThrottled)
	if d.asked.Load() != asked {
		t.Error("asked in vain")
	}
	for range 20 {
		if _, err := token(s, "forged"); !errors.Is(err, ErrCredentials) {
			t.Fatal(err)
		}
	}
	if _, err := token(s, "alice"); !errors.Is(err, ErrThrottled) {
		t.Errorf("after thirty attempts from one address: %v", err)
	}
	c.advance(time.Minute)
	if _, err := token(s, "alice"); err != nil {
		t.Error(err)
	}
}
