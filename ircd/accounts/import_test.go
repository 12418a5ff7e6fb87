package accounts

import (
	"crypto/sha3"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/parley-irc/parley/ircd/accounts/foreign"
	"github.com/parley-irc/parley/ircd/accounts/password"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/store"
)

func ergoSecret(t testing.TB, pw string) foreign.Secret {
	t.Helper()
	sum := sha3.Sum512([]byte(pw))
	hash, err := bcrypt.GenerateFromPassword(sum[:], bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := foreign.Ergo(1, hash)
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// TestImport: an account from elsewhere is as it was there, and its password is hashed
// as ours are from the first login on.
func TestImport(t *testing.T) {
	s, _ := newService(t)
	since := time.Unix(500_000, 0).UTC()
	in := &Import{
		Account: Account{
			Name: "Alice", Created: since, Email: "alice@example.org", Confirmed: true, Nicks: []string{"alice", "ally", "Ally"},
			Certs: []Cert{{Fingerprint: strings.ToUpper(fp(1))}, {Fingerprint: "00"}}, Settings: map[string]string{"always-on": "true"},
		},
		Origin: "ergo", Secret: ergoSecret(t, "sesame"), Seen: since,
		With: func(a *Account) ([]store.Op, error) {
			return []store.Op{{Shelf: store.VHosts, Key: string(a.Folded), Value: []byte(a.ID)}}, nil
		},
	}
	if _, err := s.store.Put(ctx, store.VHosts, "alice", []byte("of another, once"), 0); err != nil {
		t.Fatal(err)
	}
	lost, err := s.Importer().Add(ctx, in)
	if err != nil || len(lost) != 2 || !errors.Is(lost[0].Err, ErrConfusable) || !errors.Is(lost[1].Err, ErrCertificate) {
		t.Fatalf("%v, %v", lost, err)
	}
	a := s.Lookup("ally")
	if a == nil || a.Name != "Alice" || !a.Created.Equal(since) || !a.Verified || !a.Confirmed || a.Settings["always-on"] != "true" || len(a.Certs) != 1 {
		t.Fatalf("%#v", a)
	}
	if r, err := s.store.Get(ctx, store.VHosts, "alice"); err != nil || string(r.Value) != a.ID {
		t.Errorf("%s, %v", r.Value, err)
	}
	if l, err := s.Logins(ctx, "alice"); err != nil || !l.Seen.Equal(since) {
		t.Errorf("%v, %v", l, err)
	}
	before := s.index.resolve("alice").Password
	check(t, s, "alice", "simsim", ErrCredentials)
	if s.index.resolve("alice").Password != before {
		t.Error("a wrong password has changed what is kept")
	}
	check(t, s, "ally", "sesame", nil)
	if rec := s.index.resolve("alice"); !password.Current(password.Cheap, rec.Password) || rec.Scram == nil {
		t.Errorf("the password is still kept as %s", rec.Password)
	}
	check(t, s, "alice", "sesame", nil)
	if p, err := s.At(home).Certificate(ctx, fp(1)); err != nil || p.Account() != "Alice" {
		t.Error(p, err)
	}
}

// TestImportAgain: what was imported is not imported again.
func TestImportAgain(t *testing.T) {
	s, _ := newService(t)
	in := &Import{Account: Account{Name: "alice", Created: time.Unix(1, 0)}, Origin: "x"}
	if _, err := s.Importer().Add(ctx, in); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := s.Importer().Add(ctx, in); !errors.Is(err, ErrImported) {
			t.Error(err)
		}
	}
	m := s.Importer()
	other := &Import{Account: Account{Name: "bob", Created: time.Unix(1, 0)}, Origin: "x"}
	if _, err := m.Add(ctx, other); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Add(ctx, other); !errors.Is(err, ErrImported) {
		t.Error(err)
	}
}

// TestImportTakesNothing: who is here already loses nothing to who comes.
func TestImportTakesNothing(t *testing.T) {
	c := &clock{}
	o := options(c)
	o.Names = casemap.Precis
	s := openService(t, openStore(t), o)
	register(t, s, "alice", "sesame")
	if err := s.AddNick(ctx, "alice", "ally"); err != nil {
		t.Fatal(err)
	}
	if err := s.AddCert(ctx, "alice", fp(1), ""); err != nil {
		t.Fatal(err)
	}
	s.Forbid(func(name string) bool { return name == "NickServ" })
	m := s.Importer()
	for name, want := range map[string]error{
		"alice": ErrExists, "ALICE": ErrExists, "ally": ErrExists, "a1ice": ErrConfusable, "аliсе": ErrConfusable,
		"NickServ": ErrReserved, "bad nick": ErrName, "": ErrName,
	} {
		if _, err := m.Add(ctx, &Import{Account: Account{Name: name}, Origin: "x"}); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", name, err, want)
		}
	}
	lost, err := m.Add(ctx, &Import{Account: Account{Name: "bob", Nicks: []string{"ally", "a11y", "b0b", "bobby"}, Certs: []Cert{{Fingerprint: fp(1)}}, Email: "nonsense"}, Origin: "x"})
	if err != nil || len(lost) != 5 {
		t.Fatalf("%v, %v", lost, err)
	}
	if a := s.Lookup("ally"); a == nil || a.Name != "alice" {
		t.Error("the nick is not the owner's any more")
	}
	if b := s.Lookup("bobby"); b == nil || b.Name != "bob" || b.Email != "" {
		t.Errorf("%#v", b)
	}
	if p, err := s.At(home).Certificate(ctx, fp(1)); err != nil || p.Account() != "alice" {
		t.Error(p, err)
	}
}

// TestImportPasswords: a password that was kept as it is, is not; one that cannot be had
// leaves an account that nobody can log in to by password.
func TestImportPasswords(t *testing.T) {
	s, _ := newService(t)
	m := s.Importer()
	plain, err := foreign.Plain("sesame")
	if err != nil {
		t.Fatal(err)
	}
	for name, secret := range map[string]foreign.Secret{"plain": plain, "none": {}} {
		if _, err := m.Add(ctx, &Import{Account: Account{Name: name}, Secret: secret, Origin: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	if rec := s.index.resolve("plain"); strings.Contains(rec.Password, "sesame") || rec.Scram == nil {
		t.Errorf("%s", rec.Password)
	}
	check(t, s, "plain", "sesame", nil)
	check(t, s, "none", "sesame", ErrCredentials)
	check(t, s, "none", "", ErrCredentials)
}

// TestReserve: a name that is reserved is nobody's, and one that somebody has stays theirs.
func TestReserve(t *testing.T) {
	s, _ := newService(t)
	register(t, s, "alice", "sesame")
	m := s.Importer()
	for _, tt := range []struct {
		name string
		want bool
	}{{"alice", false}, {"bob", true}, {"bob", false}, {"b0b", false}, {"bad name", false}} {
		if ok, err := m.Reserve(ctx, tt.name); ok != tt.want || err != nil {
			t.Errorf("%s: %v, %v", tt.name, ok, err)
		}
	}
	if _, _, err := s.Register(ctx, Registration{Name: "bob", Password: "sesame"}); !errors.Is(err, ErrReserved) {
		t.Error(err)
	}
}
