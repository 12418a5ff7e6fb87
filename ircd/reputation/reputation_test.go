package reputation

import (
	"log/slog"
	"net/netip"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

var start = time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)

func open(t *testing.T, st store.Store, sid string) *Service {
	t.Helper()
	s, err := Open(t.Context(), st, sid, []byte("secret"), slog.Default())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestReputation(t *testing.T) {
	st, err := bunt.Open(bunt.Memory)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	a, b := open(t, st, "ua"), open(t, st, "ub")
	alice := a.Account("alice")
	home, neighbour := a.Address(netip.MustParseAddr("2001:db8::1")), a.Address(netip.MustParseAddr("2001:db8::ffff:2"))
	if home != neighbour || home != b.Address(netip.MustParseAddr("2001:db8::3")) {
		t.Error("a household has several names")
	}
	v4 := a.Address(netip.MustParseAddr("192.0.2.1"))
	if v4 != a.Address(netip.MustParseAddr("::ffff:192.0.2.1")) || v4 == a.Address(netip.MustParseAddr("192.0.2.2")) {
		t.Error("addresses are mistaken for others")
	}
	for i := range 10 {
		a.Credit(map[Key]struct{}{alice: {}, v4: {}}, start.Add(time.Duration(i)*time.Minute))
	}
	b.Credit(map[Key]struct{}{alice: {}}, start)
	for _, s := range []*Service{a, b} {
		if err := s.Keep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	again := open(t, st, "ua") // after a restart
	for i, s := range []*Service{a, b, again} {
		if s.Known(alice) != 11*time.Minute || s.Known(v4, home) != 10*time.Minute || s.Known(home) != 0 || s.Known() != 0 {
			t.Errorf("server %d knows %v, %v", i, s.Known(alice), s.Known(v4))
		}
	}
	again.Credit(map[Key]struct{}{alice: {}}, start.Add(time.Hour))
	if again.Known(alice) != 12*time.Minute {
		t.Error("a restart begins anew")
	}
	again.Forget(alice)
	if again.Known(alice) != time.Minute {
		t.Error("what other servers have counted is theirs to forget")
	}
	again.Expire(start.Add(6 * 24 * time.Hour))
	if again.Known(v4) == 0 {
		t.Error("forgotten too soon")
	}
	again.Expire(start.Add(8 * 24 * time.Hour))
	if again.Known(v4) != 0 || again.count != 0 {
		t.Error("never forgotten")
	}
	if err := again.Keep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if b.Known(v4) != 0 {
		t.Error("the others remember")
	}
}
