package accounts

import (
	"errors"
	"testing"
)

func TestRemove(t *testing.T) {
	s, _ := newService(t)
	var removed []string
	s.OnChange(func(old, new *Account) {
		if new == nil {
			removed = append(removed, old.Name)
		}
	})
	register(t, s, "Alice", "x")
	if err := errors.Join(s.AddCert(ctx, "alice", fp(1), ""), s.AddNick(ctx, "alice", "ally")); err != nil {
		t.Fatal(err)
	}
	if err := s.Unregister(ctx, "alice"); err != nil {
		t.Fatal(err)
	}
	if s.Lookup("alice") != nil || s.Lookup("ally") != nil || len(removed) != 1 {
		t.Errorf("still there: %v; removed: %q", s.Lookup("alice"), removed)
	}
	check(t, s, "alice", "x", ErrCredentials)
	for _, name := range []string{"alice", "ally"} {
		if _, _, err := s.Register(ctx, Registration{Name: name, Password: "y"}); !errors.Is(err, ErrReserved) {
			t.Errorf("register %s again: %v", name, err)
		}
	}
	if err := s.Release(ctx, "alice"); err != nil {
		t.Error(err)
	}
	register(t, s, "alice", "y")
	if _, err := s.At(home).Certificate(ctx, fp(1)); !errors.Is(err, ErrCredentials) {
		t.Errorf("the last owner's certificate: %v", err)
	}
	if err := s.Erase(ctx, "alice"); err != nil {
		t.Error(err)
	}
	register(t, s, "Alice", "z")
	if err := s.Unregister(ctx, "nobody"); !errors.Is(err, ErrNotFound) {
		t.Errorf("unregister nobody: %v", err)
	}
}

func TestCerts(t *testing.T) {
	s, _ := newService(t)
	register(t, s, "alice", "x")
	register(t, s, "bob", "x")
	if err := s.AddCert(ctx, "alice", "AB:"+fp(0)[2:], "phone"); err != nil {
		t.Fatal(err)
	}
	cert := "ab" + fp(0)[2:]
	if c := s.Lookup("alice").Certs; len(c) != 1 || c[0].Fingerprint != cert || c[0].Label != "phone" {
		t.Errorf("certificates: %+v", c)
	}
	if err := s.AddCert(ctx, "bob", cert, ""); !errors.Is(err, ErrCertTaken) {
		t.Errorf("a certificate of two: %v", err)
	}
	for _, bad := range []string{"", "ab", cert + "00", "zz" + cert[2:]} {
		if err := s.AddCert(ctx, "alice", bad, ""); !errors.Is(err, ErrCertificate) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if p, err := s.At(home).Certificate(ctx, cert); p.Account() != "alice" || err != nil {
		t.Errorf("log in: %q, %v", p, err)
	}
	if err := s.RemoveCert(ctx, "bob", cert); !errors.Is(err, ErrNoSuch) {
		t.Errorf("remove another's: %v", err)
	}
	if err := s.RemoveCert(ctx, "alice", cert); err != nil {
		t.Error(err)
	}
	if _, err := s.At(home).Certificate(ctx, cert); !errors.Is(err, ErrCredentials) {
		t.Errorf("log in with a certificate that was removed: %v", err)
	}
	for i := range MaxCerts {
		if err := s.AddCert(ctx, "alice", fp(i), ""); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.AddCert(ctx, "alice", cert, ""); !errors.Is(err, ErrLimit) {
		t.Errorf("one too many: %v", err)
	}
}
