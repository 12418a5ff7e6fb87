package accounts

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/totp"
)

// An enrolled is alice, with a code and a certificate as second factors.
type enrolled struct {
	*Service
	clock     *clock
	first     Proof // of her password
	code      func() string
	phone, id string // of the code, and of the certificate
}

func enrol(t *testing.T) *enrolled {
	t.Helper()
	s, c := newService(t)
	register(t, s, "alice", "x")
	secret := totp.New()
	e := &enrolled{Service: s, clock: c, code: func() string { return codeAt(t, secret, c.Now()) }}
	var err error
	if e.phone, err = s.AddTOTP(ctx, "alice", "phone", secret, e.code()); err != nil {
		t.Fatal(err)
	}
	if e.id, err = s.AddCertFactor(ctx, "alice", "laptop", strings.ToUpper(fp(1))); err != nil {
		t.Fatal(err)
	}
	if e.first, err = s.At(home).Password(ctx, "alice", "x"); err != nil {
		t.Fatal(err)
	}
	return e
}

// TestAddFactor tests what can be a second factor.
func TestAddFactor(t *testing.T) {
	s, c := newService(t)
	register(t, s, "alice", "x")
	secret := totp.New()
	if _, err := s.NeedFactor(ctx, "alice"); !errors.Is(err, ErrNoFactor) {
		t.Errorf("none to need: %v", err)
	}
	for _, label := range []string{"", "two words", ":x", strings.Repeat("x", 65), "\x01", "\xff"} {
		if _, err := s.AddTOTP(ctx, "alice", label, secret, codeAt(t, secret, c.Now())); !errors.Is(err, ErrLabel) {
			t.Errorf("the name %q: %v", label, err)
		}
	}
	if _, err := s.AddTOTP(ctx, "alice", "phone", secret, "123456"); !errors.Is(err, ErrCode) {
		t.Errorf("a wrong code: %v", err)
	}
	e := enrol(t)
	if _, err := e.AddCertFactor(ctx, "alice", "laptop", fp(1)); !errors.Is(err, ErrExists) {
		t.Errorf("a certificate twice: %v", err)
	}
	if a := e.Lookup("alice"); len(a.Factors) != 2 || a.Factors[0].ID != e.phone || a.Factors[1].Type != Certificate || a.TwoFactor {
		t.Errorf("factors: %+v", a.Factors)
	}
	for i := range maxFactors - 2 {
		if _, err := e.AddCertFactor(ctx, "alice", "x", fp(10+i)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := e.AddCertFactor(ctx, "alice", "x", fp(99)); !errors.Is(err, ErrLimit) {
		t.Errorf("one too many: %v", err)
	}
	if err := e.DropFactors(ctx, "alice"); err != nil || len(e.Lookup("alice").Factors) != 0 {
		t.Error(err)
	}
	if err := e.DropFactors(ctx, "alice"); !errors.Is(err, ErrNoSuch) {
		t.Error(err)
	}
}

// TestNeedFactor tests that nothing counts twice, as it must not when two are needed.
func TestNeedFactor(t *testing.T) {
	e := enrol(t)
	if _, err := e.At(home).Second(ctx, e.first, Answer{Code: e.code()}); !errors.Is(err, ErrCredentials) {
		t.Errorf("the code of the enrolment again: %v", err)
	}
	if _, err := e.At(home).Certificate(ctx, fp(1)); !errors.Is(err, ErrCredentials) {
		t.Errorf("log in by the second factor alone: %v", err)
	}
	if _, err := e.NeedFactor(ctx, "alice"); err != nil {
		t.Fatal(err)
	}
	if _, err := e.NeedFactor(ctx, "alice"); !errors.Is(err, ErrAlready) {
		t.Errorf("twice: %v", err)
	}
	p, err := e.At(home).Second(ctx, e.first, Answer{Fingerprint: fp(1)})
	if err != nil || login(e.Service, p) != nil {
		t.Errorf("by certificate: %v", err)
	}
	if err := e.AddCert(ctx, "alice", fp(1), ""); err != nil {
		t.Fatal(err)
	}
	byCert, _ := e.At(home).Certificate(ctx, fp(1))
	if _, err := e.At(home).Second(ctx, byCert, Answer{Fingerprint: fp(1)}); !errors.Is(err, ErrCredentials) {
		t.Errorf("the same certificate as both factors: %v", err)
	}
}

// TestWaiveFactor tests that the last factor goes only when none is needed any more, which
// needs one.
func TestWaiveFactor(t *testing.T) {
	e := enrol(t)
	if _, err := e.NeedFactor(ctx, "alice"); err != nil {
		t.Fatal(err)
	}
	if err := e.RemoveFactor(ctx, "alice", "nonsense"); !errors.Is(err, ErrNoSuch) {
		t.Error(err)
	}
	if err := e.RemoveFactor(ctx, "alice", e.id); err != nil {
		t.Error(err)
	}
	if err := e.RemoveFactor(ctx, "alice", e.phone); !errors.Is(err, ErrLast) {
		t.Errorf("the last one: %v", err)
	}
	e.clock.advance(time.Hour)
	codes, err := e.RenewRecovery(ctx, "alice", Answer{Code: e.code()})
	if err != nil || len(codes) != recoveryCodes {
		t.Fatalf("%v, %v", codes, err)
	}
	if err := e.WaiveFactor(ctx, "alice", Answer{Code: "123456"}); !errors.Is(err, ErrCredentials) {
		t.Error(err)
	}
	if err := e.WaiveFactor(ctx, "alice", Answer{Code: codes[3]}); err != nil {
		t.Error(err)
	}
	if err := e.WaiveFactor(ctx, "alice", Answer{Code: codes[4]}); !errors.Is(err, ErrAlready) {
		t.Error(err)
	}
	if err := login(e.Service, e.first); err != nil || len(e.Lookup("alice").Factors) != 1 {
		t.Errorf("without need: %v", err)
	}
}
