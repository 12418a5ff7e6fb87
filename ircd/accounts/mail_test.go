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

	"github.com/parley-irc/parley/ircd/accounts/password"
	"github.com/parley-irc/parley/ircd/mail"
	"github.com/parley-irc/parley/ircd/mail/mailtest"
)

// mailed calls f with accounts whose owners get mail, in a bubble.
func mailed(t *testing.T, verify bool, f func(t *testing.T, s *Service, box *mailtest.Box)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		box := &mailtest.Box{}
		m := mail.New(mail.Options{Transport: box, From: "noreply@tea.example", Network: "Tea", Refuse: []string{"*@trash.example"}})
		defer m.Close()
		st := openStore(t)
		s := openService(t, st, Options{Hash: password.Cheap, ScramIterations: 4096, VerifyEmail: verify, Mail: m, Network: "Tea"})
		defer func() {
			s.Close()
			st.Close()
			time.Sleep(2 * time.Second) // what BuntDB needs to stop
		}()
		f(t, s, box)
	})
}

// codeIn returns the word behind a text in the next letter to an address.
func codeIn(t *testing.T, box *mailtest.Box, to, before string) string {
	t.Helper()
	synctest.Wait()
	l, ok := box.Take(to)
	if !ok {
		t.Fatalf("no letter to %s", to)
	}
	for _, line := range l.Lines {
		if _, rest, ok := strings.Cut(line, before); ok {
			word, _, _ := strings.Cut(rest, " ")
			return word
		}
	}
	t.Fatalf("%q is not in %q", before, l.Lines)
	return ""
}

func none(t *testing.T, box *mailtest.Box) {
	t.Helper()
	synctest.Wait()
	if l, ok := box.Take(""); ok {
		t.Errorf("a letter: %+v", l)
	}
}

func setEmail(s *Service, name, email string) error {
	_, err := s.SetEmail(ctx, name, email)
	return err
}

func TestVerify(t *testing.T) {
	mailed(t, true, func(t *testing.T, s *Service, box *mailtest.Box) {
		reg := func(name string) string {
			to := name + "@example.org"
			if _, waits, err := s.Register(ctx, Registration{Name: name, Password: "x", Email: to}); err != nil || !waits {
				t.Fatal(waits, err)
			}
			return codeIn(t, box, to, "VERIFY "+name+" ")
		}
		for email, want := range map[string]error{"": ErrEmail, "x@trash.example": ErrEmailRefused, "nonsense": ErrEmail} {
			if _, _, err := s.Register(ctx, Registration{Name: "carol", Password: "x", Email: email}); !errors.Is(err, want) {
				t.Errorf("with the address %q: %v", email, err)
			}
		}
		code := reg("alice")
		if _, err := authorise(s, "alice", Registered); !errors.Is(err, ErrUnverified) {
			t.Errorf("not verified: %v", err)
		}
		for _, tt := range []struct {
			name, code string
			want       error
		}{
			{"alice", "wrong", ErrCode}, {"alice", "", ErrCode}, {"nobody", code, ErrCode},
			{"alice", code, nil}, {"alice", code, ErrCode},
		} {
			p, err := s.Verify(ctx, s.At(home), tt.name, tt.code)
			if !errors.Is(err, tt.want) || (p.Account() == "alice") != (err == nil) {
				t.Errorf("verify %s with %q: %v, %v, want %v", tt.name, tt.code, p, err, tt.want)
			}
		}
		if _, err := authorise(s, "alice", Registered); err != nil || !s.Lookup("alice").Confirmed {
			t.Errorf("verified: %v", err)
		}
		late := reg("bob")
		if _, err := s.Verify(ctx, s.At(home), "alice", late); !errors.Is(err, ErrCode) {
			t.Errorf("the code of another account: %v", err)
		}
		if _, _, err := s.Register(ctx, Registration{Name: "bob", Password: "y", Email: "y@example.org"}); !errors.Is(err, ErrExists) {
			t.Errorf("register what waits for its verification: %v", err)
		}
		time.Sleep(25 * time.Hour)
		if _, err := s.Verify(ctx, s.At(home), "bob", late); !errors.Is(err, ErrCode) {
			t.Errorf("verify too late: %v", err)
		}
		reg("b0b") // in place of the one that was not verified
		if s.Lookup("bob") != nil || s.Lookup("b0b") == nil {
			t.Errorf("accounts: %v, %v", s.Lookup("bob"), s.Lookup("b0b"))
		}
		time.Sleep(25 * time.Hour)
		if removed, err := s.Sweep(ctx); err != nil || len(removed) != 1 || removed[0] != "b0b" {
			t.Errorf("Sweep: %q, %v", removed, err)
		}
		if s.Lookup("alice") == nil {
			t.Error("Sweep removed a verified account")
		}
		none(t, box)
	})
}

// TestResend tests that the code is sent again to who waits for it, and nothing to
// others.
func TestResend(t *testing.T) {
	mailed(t, true, func(t *testing.T, s *Service, box *mailtest.Box) {
		box.Fail(fmt.Errorf("%w: full", mail.ErrFinal))
		if _, _, err := s.Register(ctx, Registration{Name: "alice", Password: "x", Email: "alice@example.org"}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		box.Fail(nil)
		resend := func(name string) {
			if err := s.Resend(s.At(home), name); err != nil {
				t.Error(err)
			}
		}
		resend("alice")
		none(t, box) // too soon
		time.Sleep(time.Minute)
		resend("alice")
		resend("nobody")
		code := codeIn(t, box, "alice@example.org", "VERIFY alice ")
		none(t, box)
		if _, err := s.Verify(ctx, s.At(home), "alice", code); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Hour)
		resend("alice")
		none(t, box)
	})
}

func TestEmail(t *testing.T) {
	mailed(t, false, func(t *testing.T, s *Service, box *mailtest.Box) {
		if _, waits, err := s.Register(ctx, Registration{Name: "alice", Password: "x", Email: "old@example.org"}); err != nil || waits {
			t.Fatal(waits, err)
		}
		confirm := func(code string) error { return s.ConfirmEmail(ctx, s.At(home), "alice", code) }
		old := codeIn(t, box, "old@example.org", "VERIFYEMAIL ")
		if err := confirm(old); err != nil || !s.Lookup("alice").Confirmed {
			t.Fatal(err)
		}
		if err := confirm(old); !errors.Is(err, ErrCode) {
			t.Errorf("a code twice: %v", err)
		}
		if err := setEmail(s, "alice", "new@example.org"); !errors.Is(err, ErrThrottled) {
			t.Errorf("a code at once: %v", err)
		}
		time.Sleep(time.Minute)
		if waits, err := s.SetEmail(ctx, "alice", "new@example.org"); err != nil || !waits {
			t.Fatal(waits, err)
		}
		if a := s.Lookup("alice"); a.Email != "old@example.org" || !a.Confirmed {
			t.Errorf("before it is confirmed: %s, %v", a.Email, a.Confirmed)
		}
		code := codeIn(t, box, "new@example.org", "VERIFYEMAIL ")
		time.Sleep(23 * time.Hour)
		if err := confirm(code); err != nil || s.Lookup("alice").Email != "new@example.org" {
			t.Errorf("%v, %s", err, s.Lookup("alice").Email)
		}
		synctest.Wait()
		if l, ok := box.Take("old@example.org"); !ok || !strings.Contains(l.Subject, "has been changed") {
			t.Errorf("the old address hears %+v", l)
		}
		for range codesADay - 2 { // two were sent within the day
			time.Sleep(time.Minute)
			if err := setEmail(s, "alice", "third@example.org"); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		if err := setEmail(s, "alice", "third@example.org"); !errors.Is(err, ErrThrottled) {
			t.Errorf("more than %d a day: %v", codesADay, err)
		}
		if err := setEmail(s, "alice", ""); err != nil || s.Lookup("alice").Email != "" {
			t.Errorf("none: %v, %q", err, s.Lookup("alice").Email)
		}
	})
}

// owner registers an account whose address is confirmed.
func owner(t *testing.T, s *Service, box *mailtest.Box, name string) {
	t.Helper()
	to := name + "@example.org"
	if _, _, err := s.Register(ctx, Registration{Name: name, Password: "old", Email: to}); err != nil {
		t.Fatal(err)
	}
	if err := s.ConfirmEmail(ctx, s.At(home), name, codeIn(t, box, to, "VERIFYEMAIL ")); err != nil {
		t.Fatal(err)
	}
}

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
