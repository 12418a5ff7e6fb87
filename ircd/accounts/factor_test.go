package accounts

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/hotp"

	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/totp"
)

// at returns the code of an authenticator.
func codeAt(t testing.TB, secret string, when time.Time) string {
	t.Helper()
	code, err := hotp.GenerateCode(secret, uint64(when.Unix()/30))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// withTOTP registers an account that needs an authenticator, and returns its secret and
// the recovery codes.
func withTOTP(t testing.TB, s *Service, c *clock, name string) (secret string, codes []string) {
	t.Helper()
	register(t, s, name, "x")
	secret = totp.New()
	if _, err := s.AddTOTP(ctx, name, "phone", secret, codeAt(t, secret, c.Now())); err != nil {
		t.Fatal(err)
	}
	codes, err := s.NeedFactor(ctx, name)
	if err != nil || len(codes) != recoveryCodes {
		t.Fatal(codes, err)
	}
	c.advance(time.Minute)
	return secret, codes
}

func login(s *Service, p Proof) error { return s.Authorise(p, home, func(Grant) {}) }

func TestSecondFactor(t *testing.T) {
	s, c := newService(t)
	secret, recovery := withTOTP(t, s, c, "alice")
	first, err := s.At(home).Password(ctx, "alice", "x")
	if err != nil {
		t.Fatal(err)
	}
	if err := login(s, first); !errors.Is(err, ErrSecondFactor) {
		t.Errorf("without: %v", err)
	}
	answer := func(p Proof, a Answer) error {
		p, err := s.At(home).Second(ctx, p, a)
		if err != nil {
			return err
		}
		return login(s, p)
	}
	now := func(d time.Duration) Answer { return Answer{Code: codeAt(t, secret, c.Now().Add(d))} }
	text := func(code string) func() Answer { return func() Answer { return Answer{Code: code} } }
	for _, tt := range []struct {
		what string
		wait time.Duration
		a    func() Answer
		want error
	}{
		{"the code", 0, func() Answer { return now(0) }, nil},
		{"the code again", 0, func() Answer { return now(0) }, ErrCredentials},
		{"an older code", 0, func() Answer { return now(-30 * time.Second) }, ErrCredentials},
		{"the next code", 0, func() Answer { return now(30 * time.Second) }, nil},
		{"one of later", 0, func() Answer { return now(time.Minute) }, ErrCredentials},
		{"nothing", 5 * time.Minute, text(""), ErrCredentials},
		{"a wrong code", 5 * time.Minute, text("000000"), ErrCredentials},
		{"a certificate", 5 * time.Minute, func() Answer { return Answer{Fingerprint: fp(1)} }, ErrCredentials},
		{"a recovery code", 5 * time.Minute, text(recovery[0]), nil},
		{"a recovery code as people type it", 0, text(strings.ToUpper(strings.ReplaceAll(recovery[1], "-", ""))), nil},
		{"a recovery code again", 0, text(recovery[0]), ErrCredentials},
	} {
		c.advance(tt.wait)
		if err := answer(first, tt.a()); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.what, err, tt.want)
		}
	}
	c.advance(time.Hour)
	if err := answer(Proof{}, Answer{Code: recovery[2]}); err == nil {
		t.Error("a second factor of nobody")
	}
	register(t, s, "bob", "x")
	other, _ := s.At(home).Password(ctx, "bob", "x")
	if err := answer(other, Answer{Code: recovery[2]}); !errors.Is(err, ErrCredentials) {
		t.Errorf("the second factor of another: %v", err)
	}
	if err := login(s, other); err != nil {
		t.Errorf("who needs none: %v", err)
	}
}

// TestGuesses tests that who knows the password cannot try many codes.
func TestGuesses(t *testing.T) {
	s, c := newService(t)
	secret, _ := withTOTP(t, s, c, "alice")
	first, _ := s.At(home).Password(ctx, "alice", "x")
	var wrong int
	for i := range 20 {
		p := s.At(netip.AddrFrom4([4]byte{198, 51, 100, byte(i)}))
		if _, err := p.Second(ctx, first, Answer{Code: fmt.Sprintf("%06d", i)}); errors.Is(err, ErrCredentials) {
			wrong++
		} else if !errors.Is(err, ErrThrottled) {
			t.Fatal(err)
		}
	}
	if wrong != 5 {
		t.Errorf("%d codes were tried", wrong)
	}
	if _, err := s.At(home).Second(ctx, first, Answer{Code: codeAt(t, secret, c.Now())}); !errors.Is(err, ErrThrottled) {
		t.Errorf("the right code after that: %v", err)
	}
	c.advance(5 * time.Minute)
	if _, err := s.At(home).Second(ctx, first, Answer{Code: codeAt(t, secret, c.Now())}); err != nil {
		t.Errorf("five minutes later: %v", err)
	}
}

// TestReplay tests that of many who use one code at once, on two servers, one succeeds.
func TestReplay(t *testing.T) {
	st, c := openStore(t), &clock{}
	servers := []*Service{openService(t, st, options(c)), openService(t, st, options(c))}
	secret, recovery := withTOTP(t, servers[0], c, "alice")
	for _, code := range []string{codeAt(t, secret, c.Now()), recovery[0]} {
		var wins atomic.Int32
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				p := servers[i%2].At(home)
				first, err := p.Password(ctx, "alice", "x")
				if err != nil {
					t.Error(err)
				}
				if _, err := p.Second(ctx, first, Answer{Code: code}); err == nil {
					wins.Add(1)
				}
			})
		}
		if wg.Wait(); wins.Load() != 1 {
			t.Errorf("%s was used %d times", code, wins.Load())
		}
	}
}

// TestNoFactorLeft tests that an account whose factors were lost is locked rather than
// open.
func TestNoFactorLeft(t *testing.T) {
	s, c := newService(t)
	withTOTP(t, s, c, "alice")
	if _, err := s.update(ctx, "alice", func(rec *record, _ *batch) error {
		rec.Factors, rec.Secrets = nil, nil
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	first, _ := s.At(home).Password(ctx, "alice", "x")
	if err := login(s, first); !errors.Is(err, ErrNoFactor) {
		t.Errorf("%v", err)
	}
}

// TestMigration tests that a record of the first form is read.
func TestMigration(t *testing.T) {
	st, c := openStore(t), &clock{}
	old := `{"schema":1,"record":{"name":"Alice","created":"2026-01-02T03:04:05Z","verified":true,"code":"AAAA","certs":[{"fingerprint":"` + fp(1) + `","added":"2026-01-02T03:04:05Z"}]}}`
	if _, err := st.Commit(context.Background(),
		store.Op{Shelf: store.Accounts, Key: "alice", Value: []byte(old)},
		store.Op{Shelf: store.Certs, Key: fp(1), Value: []byte(`{"schema":1,"record":{"account":"alice"}}`)}); err != nil {
		t.Fatal(err)
	}
	s := openService(t, st, options(c))
	p, err := s.At(home).Certificate(ctx, fp(1))
	if err != nil || login(s, p) != nil || s.Lookup("alice").ID == "" {
		t.Errorf("%v, %q", err, s.Lookup("alice").ID)
	}
	if err := s.SetPassword(ctx, "alice", "x"); err != nil {
		t.Fatal(err)
	}
	if s.Lookup("alice").ID != "Alice 2026-01-02T03:04:05Z" {
		t.Errorf("the ID is %q", s.Lookup("alice").ID)
	}
}
