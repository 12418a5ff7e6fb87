package accounts

import (
	"encoding/json"
	"errors"
	"net/netip"
	"testing"

	"github.com/parley-irc/parley/ircd/passkey"
	"github.com/parley-irc/parley/ircd/passkey/passkeytest"
)

func withPasskeys(t *testing.T) (*Service, *clock) {
	t.Helper()
	p, err := passkey.New(passkey.Options{Domain: "example.org", Name: "Tea", Origins: []string{"https://example.org"}})
	if err != nil {
		t.Fatal(err)
	}
	c := &clock{}
	o := options(c)
	o.Passkeys = p
	return openService(t, openStore(t), o), c
}

func jsonOf(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func addPasskey(t *testing.T, s *Service, name string, d *passkeytest.Device) (string, error) {
	t.Helper()
	creation, q, err := s.BeginPasskey(name)
	if err != nil {
		t.Fatal(err)
	}
	made, err := passkey.ReadCreated(d.Create(jsonOf(t, creation)))
	if err != nil {
		t.Fatal(err)
	}
	return s.AddPasskey(ctx, name, "phone", q, made)
}

func signWith(t *testing.T, s *Service, name string, first Proof, d *passkeytest.Device) (Proof, error) {
	t.Helper()
	x, err := s.At(home).AskPasskey(ctx, name, first)
	if err != nil {
		return Proof{}, err
	}
	answer, err := passkey.ReadSigned(d.Sign(jsonOf(t, x.Request)))
	if err != nil {
		t.Fatal(err)
	}
	return x.Meet(ctx, answer)
}

func device() *passkeytest.Device { return passkeytest.New("https://example.org", "example.org") }

func TestPasskey(t *testing.T) {
	s, _ := withPasskeys(t)
	register(t, s, "alice", "secret")
	d := device()
	d.Count = 1
	if _, err := addPasskey(t, s, "alice", d); err != nil {
		t.Fatal(err)
	}
	if _, err := addPasskey(t, s, "alice", d); !errors.Is(err, ErrExists) {
		t.Errorf("added twice: %v", err)
	}
	p, err := signWith(t, s, "Alice", Proof{}, d)
	if err != nil || p.Method() != PasskeyAlone {
		t.Fatal(p, err)
	}
	enters(t, s, p, "alice")
	if _, err := s.NeedFactor(ctx, "alice"); err != nil {
		t.Fatal(err)
	}
	if p, err = signWith(t, s, "alice", Proof{}, d); err != nil {
		t.Fatal(err)
	}
	enters(t, s, p, "alice") // the device knows its user: that is two factors
	first, err := s.At(home).Password(ctx, "alice", "secret")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Authorise(first, home, func(Grant) {}); !errors.Is(err, ErrSecondFactor) {
		t.Error(err)
	}
	d.Unknown = true
	if _, err := signWith(t, s, "alice", Proof{}, d); !errors.Is(err, ErrCredentials) {
		t.Errorf("a device that does not know its user: %v", err)
	}
	if p, err = signWith(t, s, "", first, d); err != nil {
		t.Fatal(err)
	}
	enters(t, s, p, "alice")
	d.Unknown, d.Count = false, 2
	if _, err := signWith(t, s, "alice", Proof{}, d); !errors.Is(err, ErrCredentials) {
		t.Errorf("a copy of the device: %v", err)
	}
}

// TestPasskeyOfOthers tests that nobody can tell who has passkeys, nor use those of
// others.
func TestPasskeyOfOthers(t *testing.T) {
	s, c := withPasskeys(t)
	register(t, s, "alice", "secret")
	register(t, s, "bob", "secret")
	d := device()
	if _, err := addPasskey(t, s, "alice", d); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"bob", "nobody"} {
		once, err := s.At(home).AskPasskey(ctx, name, Proof{})
		if err != nil || len(once.Request.Allowed) != 1 {
			t.Fatalf("%s: %+v, %v", name, once, err)
		}
		again, err := s.At(home).AskPasskey(ctx, name, Proof{})
		if err != nil || once.Request.Allowed[0] != again.Request.Allowed[0] || once.Request.Challenge == again.Request.Challenge {
			t.Errorf("%s: %+v, %v", name, again, err)
		}
		if _, err := signWith(t, s, name, Proof{}, d); !errors.Is(err, ErrCredentials) {
			t.Errorf("%s by the key of alice: %v", name, err)
		}
	}
	first, err := s.At(home).Password(ctx, "bob", "secret")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := signWith(t, s, "alice", first, d); !errors.Is(err, ErrCredentials) {
		t.Errorf("bob's second factor: %v", err)
	}
	bad := *d
	bad.Tampered = true
	for range 10 {
		if _, err := signWith(t, s, "alice", Proof{}, &bad); !errors.Is(err, ErrCredentials) {
			t.Fatal(err)
		}
	}
	if _, err := s.At(netip.MustParseAddr("198.51.100.1")).AskPasskey(ctx, "alice", Proof{}); !errors.Is(err, ErrThrottled) {
		t.Errorf("after ten attempts: %v", err)
	}
	c.advance(1 << 40)
	if _, err := signWith(t, s, "alice", Proof{}, d); err != nil {
		t.Error(err)
	}
}

// TestPasskeyAfterRecovery tests that a passkey is no way back for somebody who has had an
// account, though it stays a second factor.
func TestPasskeyAfterRecovery(t *testing.T) {
	s, _ := withPasskeys(t)
	register(t, s, "alice", "secret")
	d := device()
	if _, err := addPasskey(t, s, "alice", d); err != nil {
		t.Fatal(err)
	}
	if _, err := s.NeedFactor(ctx, "alice"); err != nil {
		t.Fatal(err)
	}
	if err := s.Suspend(ctx, "alice", Suspension{}); err != nil {
		t.Fatal(err)
	}
	if _, err := signWith(t, s, "alice", Proof{}, d); !errors.Is(err, ErrCredentials) && !errors.Is(err, ErrSuspended) {
		t.Errorf("suspended: %v", err)
	}
	if err := s.Unsuspend(ctx, "alice"); err != nil {
		t.Fatal(err)
	}
	if _, err := signWith(t, s, "alice", Proof{}, d); !errors.Is(err, ErrCredentials) {
		t.Errorf("after a suspension: %v", err)
	}
	first, err := s.At(home).Password(ctx, "alice", "secret")
	if err != nil {
		t.Fatal(err)
	}
	p, err := signWith(t, s, "", first, d)
	if err != nil {
		t.Fatal(err)
	}
	enters(t, s, p, "alice")
}

func TestNoPasskeys(t *testing.T) {
	s, _ := newService(t)
	register(t, s, "alice", "secret")
	if _, _, err := s.BeginPasskey("alice"); !errors.Is(err, ErrNoPasskeys) {
		t.Error(err)
	}
	if _, err := s.At(home).AskPasskey(ctx, "alice", Proof{}); !errors.Is(err, ErrNoPasskeys) {
		t.Error(err)
	}
}
