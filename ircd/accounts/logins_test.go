package accounts

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestApps(t *testing.T) {
	s, c := newService(t)
	withTOTP(t, s, c, "alice")
	register(t, s, "bob", "x")
	pw, err := s.AddApp(ctx, "alice", "phone")
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.At(home).Password(ctx, "ALICE", pw)
	if err != nil || p.Method() != App || login(s, p) != nil {
		t.Errorf("%v, %v", p.Method(), err)
	}
	for _, tt := range []struct{ name, pw string }{
		{"bob", pw}, {"nobody", pw}, {"alice", pw + "x"}, {"alice", "app-"}, {"alice", strings.ToUpper(pw)}, {"alice", newApp()},
	} {
		check(t, s, tt.name, tt.pw, ErrCredentials)
	}
	if _, err := s.At(home).Challenge(ctx, "alice"); err != nil {
		t.Error(err)
	}
	for want, label := range map[error]string{ErrLabel: "two words", ErrExists: "phone"} {
		if _, err := s.AddApp(ctx, "alice", label); !errors.Is(err, want) {
			t.Errorf("%q: %v", label, err)
		}
	}
	if err := s.Allow(ctx, "alice", Password); err != nil {
		t.Fatal(err)
	}
	if err := login(s, p); !errors.Is(err, ErrMethod) {
		t.Errorf("not allowed: %v", err)
	}
	s.Allow(ctx, "alice")
	if err := s.RemoveApp(ctx, "alice", "phone"); err != nil {
		t.Error(err)
	}
	if err := s.RemoveApp(ctx, "alice", "phone"); !errors.Is(err, ErrNoSuch) {
		t.Error(err)
	}
	check(t, s, "alice", pw, ErrCredentials)
	for i := range MaxApps {
		if _, err := s.AddApp(ctx, "alice", fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.AddApp(ctx, "alice", "more"); !errors.Is(err, ErrLimit) {
		t.Error(err)
	}
	last, _ := s.AddApp(ctx, "bob", "phone")
	if err := s.Suspend(ctx, "bob", Suspension{}); err != nil {
		t.Fatal(err)
	}
	s.Unsuspend(ctx, "bob")
	check(t, s, "bob", last, ErrCredentials)
}

func TestLogins(t *testing.T) {
	st, c := openStore(t), &clock{}
	o := options(c)
	o.KeepLogins = 3
	s := openService(t, st, o)
	register(t, s, "alice", "x")
	in := func(i int) {
		t.Helper()
		addr := netip.AddrFrom4([4]byte{192, 0, 2, byte(i)})
		p, err := s.At(addr).Password(ctx, "alice", "x")
		if err != nil {
			t.Fatal(err)
		}
		c.advance(time.Second)
		s.Note(p, addr)
	}
	known := func(s *Service) Logins {
		t.Helper()
		l, err := s.Logins(ctx, "alice")
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	if l := known(s); len(l.Recent) > 0 || l.Failed > 0 {
		t.Errorf("at first: %+v", l)
	}
	for i := range 5 {
		check(t, s, "alice", "wrong", ErrCredentials)
		if i == 2 {
			s.storeNotes(ctx)
		}
		in(i)
	}
	check(t, s, "alice", "wrong", ErrCredentials)
	check(t, s, "alice", "wrong", ErrCredentials)
	for round := range 2 {
		l := known(s)
		if len(l.Recent) != 3 || l.Recent[0].Address != "192.0.2.4" || l.Recent[2].Address != "192.0.2.2" || l.Failed != 2 || l.FailedLast.Address != home.String() {
			t.Errorf("round %d: %+v", round, l)
		}
		if s.storeNotes(ctx); len(s.notes.pending) != 0 {
			t.Error("something waits")
		}
	}
	if l := known(openService(t, st, o)); len(l.Recent) != 3 || l.Failed != 2 {
		t.Errorf("another server: %+v", l)
	}
	in(9)
	if l := known(s); l.Failed != 0 || l.Recent[0].Address != "192.0.2.9" {
		t.Errorf("after a login: %+v", l)
	}
	// What is known of an account is not known of the next one of that name.
	if err := s.Erase(ctx, "alice"); err != nil {
		t.Fatal(err)
	}
	register(t, s, "alice", "x")
	s.storeNotes(ctx)
	if l := known(s); len(l.Recent) > 0 {
		t.Errorf("of the owner before: %+v", l)
	}
}

func TestCertDigests(t *testing.T) {
	s, _ := newService(t)
	register(t, s, "alice", "x")
	register(t, s, "bob", "x")
	long := fp(1) + fp(2)
	if err := s.PinCert(ctx, "alice", "laptop", fp(1), long); err != nil {
		t.Fatal(err)
	}
	if err := s.PinCert(ctx, "alice", "again", fp(1), long); err != nil || s.Lookup("alice").Certs[0].Label != "laptop" {
		t.Errorf("twice: %v", err)
	}
	for _, digests := range [][]string{{fp(1)}, {long}, {fp(9), long}, {fp(1), long}} {
		if p, err := s.At(home).Certificate(ctx, digests...); p.Account() != "alice" || err != nil {
			t.Errorf("%q: %v, %v", digests, p, err)
		}
	}
	for _, d := range []string{fp(1), long} {
		if err := s.AddCert(ctx, "bob", d, ""); !errors.Is(err, ErrCertTaken) {
			t.Errorf("%s of two: %v", d, err)
		}
	}
	if err := s.RemoveCert(ctx, "alice", long); err != nil {
		t.Error(err)
	}
	if _, err := s.At(home).Certificate(ctx, fp(1), long); !errors.Is(err, ErrCredentials) {
		t.Errorf("removed: %v", err)
	}
	// One that was added by one digest only learns the other.
	if err := s.AddCert(ctx, "bob", fp(1), "desk"); err != nil {
		t.Fatal(err)
	}
	if err := s.PinCert(ctx, "bob", "", fp(1), long); err != nil {
		t.Fatal(err)
	}
	if c := s.Lookup("bob").Certs; len(c) != 1 || c[0].SHA512() != long || c[0].Label != "desk" {
		t.Errorf("%+v", c)
	}
	if err := s.Suspend(ctx, "bob", Suspension{}); err != nil {
		t.Fatal(err)
	}
	if err := s.AddCert(ctx, "alice", long, ""); err != nil {
		t.Errorf("a digest is left behind: %v", err)
	}
}
