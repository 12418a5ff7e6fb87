package accounts

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-irc/parley/ircd/mail/mailtest"
)

func TestResetPassword(t *testing.T) {
	mailed(t, false, func(t *testing.T, s *Service, box *mailtest.Box) {
		owner(t, s, box, "alice")
		if err := errors.Join(s.AddCert(ctx, "alice", fp(1), ""), s.AddNick(ctx, "alice", "ally")); err != nil {
			t.Fatal(err)
		}
		before, _ := s.At(home).Password(ctx, "alice", "old")
		time.Sleep(time.Second)
		if err := s.Forgotten(s.At(home), "ally", false); err != nil {
			t.Fatal(err)
		}
		code := codeIn(t, box, "alice@example.org", "RESETPASS alice ")
		reset := func(name, code, pw string) error { return s.ResetPassword(ctx, s.At(home), name, code, pw) }
		for _, tt := range []struct {
			name, code, pw string
			want           error
		}{
			{"alice", "wrong", "new", ErrCode}, {"nobody", code, "new", ErrCode}, {"alice", code, "", ErrPassword},
			{"alice", code, "new", nil}, {"alice", code, "newer", ErrCode},
		} {
			if err := reset(tt.name, tt.code, tt.pw); !errors.Is(err, tt.want) {
				t.Errorf("%+v: %v", tt, err)
			}
		}
		check(t, s, "alice", "new", nil)
		check(t, s, "alice", "old", ErrCredentials)
		if _, err := s.At(home).Certificate(ctx, fp(1)); !errors.Is(err, ErrCredentials) {
			t.Errorf("a certificate of before: %v", err)
		}
		if err := s.Authorise(before, home, func(Grant) {}); !errors.Is(err, ErrNotFound) {
			t.Errorf("a proof of before: %v", err)
		}
		if a := s.Lookup("alice"); a.Revoked.At.IsZero() || len(a.Nicks) != 1 {
			t.Errorf("%+v", a.Revoked)
		}
		synctest.Wait()
		if l, _ := box.Take(""); !strings.Contains(l.Subject, "password") {
			t.Errorf("the owner hears %+v", l)
		}
		time.Sleep(time.Hour)
		s.Forgotten(s.At(home), "alice", false)
		late := codeIn(t, box, "alice@example.org", "RESETPASS alice ")
		time.Sleep(61 * time.Minute)
		if err := reset("alice", late, "newest"); !errors.Is(err, ErrCode) {
			t.Errorf("too late: %v", err)
		}
	})
}

func TestRecover(t *testing.T) {
	mailed(t, false, func(t *testing.T, s *Service, box *mailtest.Box) {
		owner(t, s, box, "alice")
		ask := func() string {
			t.Helper()
			time.Sleep(time.Hour)
			if err := s.Forgotten(s.At(home), "alice", true); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			l, _ := box.Take("alice@example.org")
			return l.Lines[2]
		}
		code := ask()
		if len(code) != 6 || strings.Trim(code, "0123456789") != "" {
			t.Fatalf("the code is %q", code)
		}
		if _, err := s.Recover(ctx, s.At(home), "alice", "wrong"); !errors.Is(err, ErrCode) {
			t.Error(err)
		}
		if _, err := s.Recover(ctx, s.At(home), "alice", code); !errors.Is(err, ErrCode) {
			t.Errorf("a second attempt: %v", err)
		}
		p, err := s.Recover(ctx, s.At(home), "alice", ask())
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Authorise(p, home, func(Grant) {}); !errors.Is(err, ErrMethod) {
			t.Errorf("log in by it: %v", err)
		}
		if err := s.ChoosePassword(ctx, p, ""); !errors.Is(err, ErrPassword) {
			t.Errorf("no password: %v", err)
		}
		if err := s.ChoosePassword(ctx, p, "new"); err != nil {
			t.Error(err)
		}
		check(t, s, "alice", "new", nil)
		synctest.Wait()
		box.Take("")
		time.Sleep(time.Second)
		if err := s.ChoosePassword(ctx, p, "newer"); !errors.Is(err, ErrCode) {
			t.Errorf("once more: %v", err)
		}
		if p, err = s.Recover(ctx, s.At(home), "alice", ask()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(6 * time.Minute)
		if err := s.ChoosePassword(ctx, p, "late"); !errors.Is(err, ErrCode) {
			t.Errorf("too late: %v", err)
		}
		code = ask()
		time.Sleep(6 * time.Minute)
		if _, err := s.Recover(ctx, s.At(home), "alice", code); !errors.Is(err, ErrCode) {
			t.Errorf("a late code: %v", err)
		}
		logged, _ := s.At(home).Password(ctx, "alice", "new")
		if err := s.ChoosePassword(ctx, logged, "x"); !errors.Is(err, ErrCode) {
			t.Errorf("by another proof: %v", err)
		}
	})
}

// TestForgottenTellsNothing tests that who asks for a code does not learn whether there
// is an account, and whom codes are sent to.
func TestForgottenTellsNothing(t *testing.T) {
	mailed(t, false, func(t *testing.T, s *Service, box *mailtest.Box) {
		owner(t, s, box, "alice")
		owner(t, s, box, "suspended")
		if err := s.Suspend(ctx, "suspended", Suspension{}); err != nil {
			t.Fatal(err)
		}
		register(t, s, "noaddress", "x")
		if _, _, err := s.Register(ctx, Registration{Name: "unconfirmed", Password: "x", Email: "u@example.org"}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		box.Take("u@example.org")
		for _, short := range []bool{false, true} {
			for _, name := range []string{"nobody", "suspended", "noaddress", "unconfirmed", ""} {
				begin := time.Now()
				if err := s.Forgotten(s.At(netip.Addr{}), name, short); err != nil || time.Since(begin) != 0 {
					t.Errorf("%s: %v", name, err)
				}
				none(t, box)
			}
		}
		// Too many, for one account and from one address.
		for i := range 4 {
			time.Sleep(30 * time.Second)
			if err := s.Forgotten(s.At(netip.Addr{}), "alice", true); err != nil {
				t.Errorf("request %d: %v", i, err)
			}
		}
		synctest.Wait()
		if n := box.Len(); n != 2 {
			t.Errorf("%d letters in two minutes", n)
		}
		for i := range 7 {
			if err := s.Forgotten(s.At(home), "nobody", true); errors.Is(err, ErrThrottled) != (i >= 5) {
				t.Errorf("request %d from one address: %v", i, err)
			}
		}
	})
}

// TestCodeOnce tests that of many who use a code at once one succeeds.
func TestCodeOnce(t *testing.T) {
	mailed(t, false, func(t *testing.T, s *Service, box *mailtest.Box) {
		owner(t, s, box, "alice")
		s.Forgotten(s.At(home), "alice", false)
		code := codeIn(t, box, "alice@example.org", "RESETPASS alice ")
		var mu sync.Mutex
		var wg sync.WaitGroup
		wins := 0
		for i := range 8 {
			wg.Go(func() {
				if s.ResetPassword(ctx, s.At(netip.Addr{}), "alice", code, fmt.Sprint("new", i)) == nil {
					mu.Lock()
					defer mu.Unlock()
					wins++
				}
			})
		}
		if wg.Wait(); wins != 1 {
			t.Errorf("a code was used %d times", wins)
		}
	})
}

func TestNoMail(t *testing.T) {
	s, _ := newService(t)
	register(t, s, "alice", "x")
	for _, err := range []error{s.Resend(s.At(home), "alice"), s.Forgotten(s.At(home), "alice", true)} {
		if !errors.Is(err, ErrNoMail) {
			t.Error(err)
		}
	}
	if waits, err := s.SetEmail(ctx, "alice", "a@example.org"); err != nil || waits || s.Lookup("alice").Confirmed {
		t.Errorf("%v, %v", waits, err)
	}
}
