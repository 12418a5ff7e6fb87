package bans

import (
	"context"
	"log/slog"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

// A suspect is a Subject for tests.
type suspect struct {
	nick, ident, host, account, realname, certfp string
	addr                                         string
	channels                                     []string
}

func (u suspect) Masks() []string {
	return []string{u.nick + "!" + u.ident + "@" + u.host, u.nick + "!" + u.ident + "@" + u.addr}
}
func (u suspect) Addr() netip.Addr {
	a, _ := netip.ParseAddr(u.addr)
	return a
}
func (u suspect) Account() string   { return u.account }
func (u suspect) Realname() string  { return u.realname }
func (u suspect) CertFP() string    { return u.certfp }
func (suspect) Country() string     { return "" }
func (suspect) ASN() string         { return "" }
func (suspect) OperName() string    { return "" }
func (suspect) ServerName() string  { return "irc.example" }
func (suspect) Secure() bool        { return false }
func (suspect) InGroup(string) bool { return false }
func (u suspect) InChannel(name casemap.Folded) (string, bool) {
	return "", slices.Contains(u.channels, string(name))
}

const fingerprint = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

var (
	start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	eve   = suspect{nick: "Eve", ident: "~eve", host: "host.spam.example", addr: "192.0.2.7", account: "Evelyn", realname: "Buy now", certfp: fingerprint, channels: []string{"#spam"}}
	bob   = suspect{nick: "bob", ident: "bob", host: "2001:db8::7", addr: "2001:db8::7", realname: "Bob"}
)

func openStore(t testing.TB) *bunt.Store {
	t.Helper()
	st, err := bunt.Open(bunt.Memory)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return st
}

func open(t testing.TB, st store.Store, sid string) *Service {
	t.Helper()
	s, err := Open(t.Context(), st, casemap.ASCII, sid, slog.Default())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func set(t testing.TB, s *Service, a Action, target string, b Ban, now time.Time) Ban {
	t.Helper()
	q, err := Parse(casemap.ASCII, a, target)
	if err != nil {
		t.Fatal(target, err)
	}
	made, err := s.Set(context.Background(), q, b, now)
	if err != nil {
		t.Fatal(target, err)
	}
	return made
}

func TestJudge(t *testing.T) {
	s := open(t, openStore(t), "ua")
	if !s.Empty() || s.Judge(eve, start) != (Verdict{}) || s.Address(eve.Addr(), start) != nil {
		t.Error("there are bans from the start")
	}
	older := set(t, s, Out, "eve!*@*", Ban{Reason: "older"}, start)
	set(t, s, Out, "192.0.2.0/24", Ban{Reason: "newer"}, start.Add(time.Hour))
	set(t, s, Shun, "evelyn", Ban{}, start)
	set(t, s, Login, "192.0.2.7", Ban{Until: start.Add(time.Minute)}, start)
	v := s.Judge(eve, start)
	if v.Out == nil || v.Out.ID != older.ID || v.Shun == nil || v.Login == nil || v.Exempt != nil {
		t.Errorf("%+v", v)
	}
	if v := s.Judge(eve, start.Add(time.Minute)); v.Login != nil {
		t.Error("a ban holds when its time is over")
	}
	if v := s.Judge(bob, start); v != (Verdict{}) {
		t.Errorf("bob: %+v", v)
	}
	if b := s.Address(eve.Addr(), start); b == nil || b.Reason != "newer" {
		t.Errorf("at the door: %v", b)
	}
	if b := s.Address(netip.MustParseAddr("::ffff:192.0.2.9"), start); b == nil {
		t.Error("an IPv4 address in the guise of IPv6 is let in")
	}
	if len(s.All(eve, start)) != 4 {
		t.Errorf("all: %v", s.All(eve, start))
	}
	if s.MayExempt(eve.Addr(), start) {
		t.Error("she may be exempt by nothing")
	}
	set(t, s, Exempt, "192.0.2.7", Ban{}, start)
	if !s.MayExempt(eve.Addr(), start) || s.MayExempt(netip.MustParseAddr("192.0.2.8"), start) {
		t.Error("an exemption is for another address")
	}
	if b := s.Address(eve.Addr(), start); b != nil {
		t.Errorf("at the door, exempt: %v", b)
	}
	if b := s.Address(netip.MustParseAddr("192.0.2.8"), start); b == nil {
		t.Error("her neighbour is exempt")
	}
	if v := s.Judge(eve, start); v.Exempt == nil || v.Out != nil || v.Shun != nil {
		t.Errorf("exempt: %+v", v)
	}
	// While an account may exempt, nobody is known at the door.
	set(t, s, Exempt, "staff", Ban{}, start)
	if b := s.Address(netip.MustParseAddr("192.0.2.8"), start); b != nil {
		t.Errorf("before the account is known: %v", b)
	}
	if !s.MayExempt(netip.MustParseAddr("192.0.2.8"), start) {
		t.Error("nobody can be exempt by an account")
	}
}

func TestReserved(t *testing.T) {
	s := open(t, openStore(t), "ua")
	set(t, s, Reserve, "root", Ban{Until: start.Add(time.Hour)}, start)
	set(t, s, Reserve, "#adult*", Ban{}, start)
	for name, want := range map[string]bool{"root": true, "ROOT": true, "rооt": true, "roots": false, "#adult": true, "#adult-chat": true, "#adul": false, "#x": false} {
		if got := s.Reserved(name, start) != nil; got != want {
			t.Errorf("%s is reserved: %v", name, got)
		}
	}
	if s.Reserved("root", start.Add(time.Hour)) != nil {
		t.Error("root is reserved for ever")
	}
	if !s.Empty() {
		t.Error("a name that is reserved is about somebody")
	}
}
