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

	"github.com/parley-irc/parley/ircd/accounts/password"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

var ctx = context.Background()

// A clock is set by tests.
type clock struct{ now atomic.Int64 }

func (c *clock) Now() time.Time { return time.Unix(c.now.Load(), 0) }

func (c *clock) advance(d time.Duration) { c.now.Add(int64(d / time.Second)) }

func options(c *clock) Options {
	c.now.Store(1_000_000)
	return Options{Hash: password.Cheap, ScramIterations: 4096, Now: c.Now}
}

func openStore(t testing.TB) store.Store {
	t.Helper()
	st, err := bunt.Open(bunt.Memory)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	return st
}

func openService(t testing.TB, st store.Store, o Options) *Service {
	t.Helper()
	s, err := Open(ctx, st, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func newService(t testing.TB) (*Service, *clock) {
	c := &clock{}
	return openService(t, openStore(t), options(c)), c
}

func register(t testing.TB, s *Service, name, pw string) Proof {
	t.Helper()
	p, _, err := s.Register(ctx, Registration{Name: name, Password: pw})
	if err != nil {
		t.Fatalf("register %s: %v", name, err)
	}
	return p
}

var home = netip.MustParseAddr("192.0.2.1")

func check(t testing.TB, s *Service, name, pw string, want error) {
	t.Helper()
	if _, err := s.At(home).Password(ctx, name, pw); !errors.Is(err, want) {
		t.Errorf("password %q of %s: %v, want %v", pw, name, err, want)
	}
}

func fp(n int) string { return fmt.Sprintf("%064x", n) }

func TestRegister(t *testing.T) {
	s, _ := newService(t)
	a := register(t, s, "Alice", "sesame")
	if s.Lookup("aLICE") != s.Lookup("alice") || s.Lookup("alice").Name != a.Account() || s.Count() != 1 {
		t.Errorf("Lookup: %v", s.Lookup("alice"))
	}
	for _, tt := range []struct {
		r    Registration
		want error
	}{
		{Registration{Name: "alice", Password: "x"}, ErrExists},
		{Registration{Name: "AL1CE", Password: "x"}, nil},
		{Registration{Name: "b0b", Password: "x"}, nil},
		{Registration{Name: "bob", Password: "x"}, ErrConfusable},
		{Registration{Name: "", Password: "x"}, ErrName},
		{Registration{Name: "two words", Password: "x"}, ErrName},
		{Registration{Name: strings.Repeat("x", 65), Password: "x"}, ErrName},
		{Registration{Name: "carol"}, ErrPassword},
		{Registration{Name: "carol", Password: strings.Repeat("x", MaxPassword+1)}, ErrPassword},
		{Registration{Name: "carol", Password: "\xff"}, ErrPassword},
		{Registration{Name: "carol", Password: "\u00ad"}, ErrPassword}, // prepared, it is empty
		{Registration{Name: "carol", Cert: "beef"}, ErrCertificate},
		{Registration{Name: "carol", Cert: fp(1)}, nil},
		{Registration{Name: "dave", Cert: strings.ToUpper(fp(1))}, ErrCertTaken},
		{Registration{Name: "dave", Password: strings.Repeat("x", MaxPassword)}, nil},
	} {
		if _, _, err := s.Register(ctx, tt.r); !errors.Is(err, tt.want) {
			t.Errorf("register %s: %v, want %v", tt.r.Name, err, tt.want)
		}
	}
	if s.Lookup("bob") != nil || s.Lookup("") != nil {
		t.Error("an account exists that was refused")
	}
}

// TestRegisterRace tests that of many who register names that are the same, or
// look the same, one succeeds, also on two servers at once.
func TestRegisterRace(t *testing.T) {
	st, c := openStore(t), &clock{}
	servers := []*Service{openService(t, st, options(c)), openService(t, st, options(c))}
	names := []string{"bob", "Bob", "b0b", "BOB"}
	for round := range 5 {
		var wins atomic.Int32
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				name := fmt.Sprint(names[i%len(names)], string(rune('a'+round)))
				_, _, err := servers[i%2].Register(ctx, Registration{Name: name, Password: "x"})
				switch {
				case err == nil:
					wins.Add(1)
				case !errors.Is(err, ErrExists) && !errors.Is(err, ErrConfusable):
					t.Errorf("register %s: %v", name, err)
				}
			})
		}
		if wg.Wait(); wins.Load() != 1 {
			t.Errorf("%d registrations succeeded", wins.Load())
		}
	}
	if servers[0].Count() != 5 || servers[1].Count() != 5 {
		t.Errorf("%d and %d accounts", servers[0].Count(), servers[1].Count())
	}
}

func TestReopen(t *testing.T) {
	st, c := openStore(t), &clock{}
	s := openService(t, st, options(c))
	register(t, s, "Alice", "sesame")
	if err := s.AddCert(ctx, "alice", fp(1), "laptop"); err != nil {
		t.Fatal(err)
	}
	madeUp := s.madeUp("nobody")
	s.Close()
	s = openService(t, st, options(c))
	check(t, s, "alice", "sesame", nil)
	if p, err := s.At(home).Certificate(ctx, fp(1)); p.Account() != "Alice" || err != nil {
		t.Errorf("certificate: %q, %v", p, err)
	}
	if s.madeUp("nobody").Salt != madeUp.Salt {
		t.Error("an account that does not exist has another salt after a restart")
	}
	o := options(c)
	o.Names = casemap.RFC1459
	register(t, s, "[x]", "sesame")
	if _, err := Open(ctx, st, o); !errors.Is(err, errMapping) {
		t.Errorf("opened with another casemapping: %v", err)
	}
	if _, err := st.Put(ctx, store.Accounts, "future", []byte(`{"schema":99,"record":{}}`), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(ctx, st, options(c)); !errors.Is(err, store.ErrNewer) {
		t.Errorf("opened with a record of the future: %v", err)
	}
}

// TestRepair tests that an account whose nick record was lost gets it back.
func TestRepair(t *testing.T) {
	st, c := openStore(t), &clock{}
	s := openService(t, st, options(c))
	register(t, s, "Bob", "sesame")
	if err := st.Delete(ctx, store.Nicks, string(casemap.ASCII.Skeleton("Bob")), 0); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.Claim("b0b"); ok {
		t.Fatal("the nick is still claimed")
	}
	s.Close()
	s = openService(t, st, options(c))
	if c, ok := s.Claim("b0b"); !ok || c.Account.Name != "Bob" || c.Exact {
		t.Errorf("Claim: %+v, %v", c, ok)
	}
}
