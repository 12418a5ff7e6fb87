package accounts

import (
	"errors"
	"fmt"
	"strings"
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
