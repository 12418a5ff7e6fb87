package accounts

import (
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"time"
)

// proven returns what somebody has proved to be name, if there is such an account.
func proven(s *Service, name string, m Method) Proof {
	if rec := s.index.resolve(name); rec != nil {
		return s.proof(rec, m, "")
	}
	return Proof{account: s.names.Fold(name), name: name, method: m}
}

func authorise(s *Service, name string, m Method) (granted *Account, err error) {
	err = s.Authorise(proven(s, name, m), home, func(g Grant) { granted = g.Account() })
	return granted, err
}

func TestAuthorise(t *testing.T) {
	c := &clock{}
	o := options(c)
	o.VerifyEmail = true
	closed := errors.New("closed")
	o.Policy = func(a *Account, _ Method, _ netip.Addr) error {
		if a.Name == "policy" {
			return closed
		}
		return nil
	}
	s := openService(t, openStore(t), o)
	for _, name := range []string{"ok", "suspended", "fortnight", "onlycert", "policy", "nickowner"} {
		if _, _, err := s.Register(ctx, Registration{Name: name, Password: "x", Verified: true}); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := s.Register(ctx, Registration{Name: "unverified", Password: "x", Email: "x@example.org"}); err != nil {
		t.Fatal(err)
	}
	err := errors.Join(
		s.Suspend(ctx, "suspended", Suspension{Reason: "spam"}),
		s.Suspend(ctx, "fortnight", Suspension{Until: c.Now().Add(time.Hour)}),
		s.Allow(ctx, "onlycert", External),
		s.AddNick(ctx, "nickowner", "grouped"),
	)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		method Method
		want   error
	}{
		{"ok", Password, nil},
		{"OK", Scram, nil},
		{"grouped", External, nil},
		{"nobody", Password, ErrNotFound},
		{"", Password, ErrNotFound},
		{"unverified", Password, ErrUnverified},
		{"unverified", Registered, ErrUnverified},
		{"suspended", Password, ErrSuspended},
		{"suspended", Scram, ErrSuspended},
		{"suspended", External, ErrSuspended},
		{"suspended", Registered, ErrSuspended},
		{"fortnight", Password, ErrSuspended},
		{"onlycert", Password, ErrMethod},
		{"onlycert", Scram, ErrMethod},
		{"onlycert", External, nil},
		{"policy", Password, closed},
	} {
		granted, err := authorise(s, tt.name, tt.method)
		if !errors.Is(err, tt.want) || (granted != nil) != (tt.want == nil) {
			t.Errorf("%s by %s: %v, %v; want %v", tt.name, tt.method, granted, err, tt.want)
		}
	}
	c.advance(2 * time.Hour)
	if _, err := authorise(s, "fortnight", Password); err != nil {
		t.Errorf("after the suspension: %v", err)
	}
	if err := s.Unsuspend(ctx, "suspended"); err != nil {
		t.Error(err)
	}
	if _, err := authorise(s, "suspended", Password); err != nil {
		t.Errorf("when the suspension was lifted: %v", err)
	}
}

// TestSuspended tests that there is no way around a suspension.
func TestSuspended(t *testing.T) {
	s, _ := newService(t)
	register(t, s, "alice", "x")
	if err := errors.Join(s.AddCert(ctx, "alice", fp(1), ""), s.Suspend(ctx, "alice", Suspension{Reason: "spam"})); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"password":   s.SetPassword(ctx, "alice", "y"),
		"email":      setEmail(s, "alice", "a@example.org"),
		"cert":       s.AddCert(ctx, "alice", fp(2), ""),
		"nick":       s.AddNick(ctx, "alice", "alicia"),
		"setting":    s.Set(ctx, "alice", "k", "v"),
		"methods":    s.Allow(ctx, "alice", External),
		"unregister": s.Unregister(ctx, "alice"),
	} {
		if !errors.Is(err, ErrSuspended) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := s.At(home).Certificate(ctx, fp(1)); !errors.Is(err, ErrCredentials) {
		t.Errorf("certificate: %v", err)
	}
	if _, _, err := s.Register(ctx, Registration{Name: "alice", Password: "y"}); !errors.Is(err, ErrExists) {
		t.Errorf("register again: %v", err)
	}
	register(t, s, "bob", "x")
	if err := s.AddCert(ctx, "bob", fp(1), ""); err != nil {
		t.Errorf("the certificate is still taken: %v", err)
	}
}

// TestSuspendRace tests that a login and a suspension at the same moment never
// leave a session behind.
func TestSuspendRace(t *testing.T) {
	s, _ := newService(t)
	var mu sync.Mutex
	sessions := map[string]bool{}
	s.OnChange(func(_, a *Account) {
		if a != nil && a.Suspended != nil {
			mu.Lock()
			defer mu.Unlock()
			delete(sessions, a.Name)
		}
	})
	for i := range 30 {
		name := fmt.Sprint("user", i)
		register(t, s, name, "x")
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				s.Authorise(proven(s, name, Password), home, func(g Grant) {
					mu.Lock()
					defer mu.Unlock()
					sessions[g.Account().Name] = true
				})
			})
		}
		if err := s.Suspend(ctx, name, Suspension{}); err != nil {
			t.Fatal(err)
		}
		wg.Wait()
	}
	if len(sessions) > 0 {
		t.Errorf("sessions of suspended accounts: %v", sessions)
	}
}

// TestProofOfAnother tests that a proof is worth nothing for the next owner's account.
func TestProofOfAnother(t *testing.T) {
	s, _ := newService(t)
	old := register(t, s, "alice", "x")
	if err := s.Erase(ctx, "alice"); err != nil {
		t.Fatal(err)
	}
	register(t, s, "alice", "y")
	for _, p := range []Proof{old, {}} {
		if err := s.Authorise(p, home, func(Grant) { t.Errorf("%+v was granted", p) }); !errors.Is(err, ErrNotFound) {
			t.Errorf("%+v: %v", p, err)
		}
	}
}
