package bans

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/extban"
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

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		action   Action
		in, want string
		eve, bob bool
	}{
		{Out, "192.0.2.7", "192.0.2.7", true, false},
		{Out, "192.0.2.99/24", "192.0.2.0/24", true, false},
		{Out, "::ffff:192.0.2.7", "192.0.2.7", true, false},
		{Out, "2001:DB8::/32", "2001:db8::/32", false, true},
		{Out, "a::/16", "a::/16", false, false},
		{Out, "*!*@192.0.2.0/24", "192.0.2.0/24", true, false},
		{Out, "~eve@192.0.2.0/24", "*!~eve@192.0.2.0/24", true, false},
		{Out, "x@192.0.2.0/24", "*!x@192.0.2.0/24", false, false},
		{Out, "evelyn", "a:evelyn", true, false},
		{Out, "account:Evelyn", "a:Evelyn", true, false},
		{Out, "a:e*", "a:e*", true, false},
		{Out, "eve!*@*", "eve!*@*", true, false},
		{Out, "*.spam.example", "*!*@*.spam.example", true, false},
		{Out, "~eve@*", "*!~eve@*", true, false},
		{Out, "r:*buy*", "r:*buy*", true, false},
		{Out, "S:" + strings.ToUpper(fingerprint), "S:" + fingerprint, true, false},
		{Out, "192.0.2.0/24&U:*", "*!*@192.0.2.0/24&U:*", false, false},
		{Out, "2001:db8::/32&U:*", "*!*@2001:db8::/32&U:*", false, true},
		{Shun, "c:#spam", "c:#spam", true, false},
		{Exempt, "!a:bob", "!a:bob", true, true},
	} {
		q, err := Parse(casemap.ASCII, tt.action, tt.in)
		if err != nil {
			t.Errorf("%q: %v", tt.in, err)
			continue
		}
		if q.Target != tt.want || q.Match(eve) != tt.eve || q.Match(bob) != tt.bob {
			t.Errorf("%q is %q, and is about eve: %v, about bob: %v", tt.in, q.Target, q.Match(eve), q.Match(bob))
		}
		again, err := Parse(casemap.ASCII, tt.action, q.Target)
		if err != nil || again.Target != q.Target || again.key != q.key {
			t.Errorf("%q becomes %q (%v)", q.Target, again.Target, err)
		}
	}
	for in, word := range map[string]string{
		"": "mask", "a b": "mask", "x:bob": "called", "m:bob": "acts on channels", "t:5:bob!*@*": "acts on channels", "T:block:x": "acts on channels",
		"192.0.2.0/33": "mask", "1.2.3.4/x": "mask",
	} {
		if _, err := Parse(casemap.ASCII, Out, in); err != nil && !strings.Contains(err.Error(), word) {
			t.Errorf("%q: %v", in, err)
		}
	}
	for _, in := range []string{"", "*", "**", "#*", "?", "a b", ":x", "x\n", strings.Repeat("x", 300)} {
		if _, err := Parse(casemap.ASCII, Reserve, in); err == nil {
			t.Errorf("%q can be reserved", in)
		}
	}
}

func TestWide(t *testing.T) {
	for target, want := range map[string]bool{
		"0.0.0.0/0": true, "10.0.0.0/8": true, "10.1.0.0/16": false, "2000::/3": true, "2001:db8::/32": false, "192.0.2.7": false,
		"*!*@*": true, "*!*@*.com": true, "*.example": false, "a*!*@*": true, "~eve@*": true, "evelyn": false, "a:e*": true, "a:evil*": false,
		"U:*": true, "z:*": true, "!a:bob": true, "s:irc.example": true, "C:GB": true, "G:unknown-users": true, "A:64500": false, "U:*&192.0.2.0/24": false, "*!*@192.0.2.0/24&U:*": false,
	} {
		q, err := Parse(casemap.ASCII, Out, target)
		if err != nil {
			if target != "U:*&192.0.2.0/24" { // a mask comes first
				t.Error(target, err)
			}
			continue
		}
		if got := q.Wide(); got != want {
			t.Errorf("%s is wide: %v", target, got)
		}
	}
	for target, want := range map[string]bool{"x*": true, "spam*": false, "#x*": true, "#spam": false} {
		q, err := Parse(casemap.ASCII, Reserve, target)
		if err != nil || q.Wide() != want {
			t.Errorf("%s is wide: %v, %v", target, q.Wide(), err)
		}
	}
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

func TestService(t *testing.T) {
	st := openStore(t)
	a, b := open(t, st, "ua"), open(t, st, "ub")
	var seen []string
	b.OnChange(func(old, new *Ban) {
		what := "nothing"
		switch {
		case old == nil:
			what = "new " + new.Target
		case new == nil:
			what = "no " + old.Target
		default:
			what = old.Reason + " becomes " + new.Reason
		}
		seen = append(seen, what)
	})
	first := set(t, a, Out, "192.0.2.0/24", Ban{Reason: "one", By: "alice"}, start)
	again := set(t, b, Out, "192.0.2.1/24", Ban{Reason: "two", By: "bob"}, start.Add(time.Second))
	if first.ID != again.ID || len(first.ID) != 7 {
		t.Errorf("%q, then %q", first.ID, again.ID)
	}
	set(t, a, Shun, "192.0.2.0/24", Ban{}, start)
	set(t, b, Out, "EVELYN", Ban{Until: start.Add(time.Hour)}, start)
	q, _ := Parse(casemap.ASCII, Out, "evelyn")
	if l, ok := a.Lookup(q); !ok || l.Target != "a:EVELYN" {
		t.Errorf("%+v", l)
	}
	if got := len(a.List()); got != 3 {
		t.Errorf("%d bans", got)
	}
	if over := a.Expire(t.Context(), start.Add(time.Hour-1)); over != nil {
		t.Errorf("over too early: %v", over)
	}
	if over := a.Expire(t.Context(), start.Add(time.Hour)); len(over) != 1 || over[0].Target != "a:EVELYN" {
		t.Errorf("over: %v", over)
	}
	if over := b.Expire(t.Context(), start.Add(time.Hour)); over != nil {
		t.Errorf("over again: %v", over)
	}
	if removed, err := a.RemoveID(t.Context(), first.ID); err != nil || removed.Reason != "two" {
		t.Error(removed, err)
	}
	if _, err := a.RemoveID(t.Context(), first.ID); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if _, err := b.Remove(t.Context(), q); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	want := []string{"new 192.0.2.0/24", "one becomes two", "new 192.0.2.0/24", "new a:EVELYN", "no a:EVELYN", "no 192.0.2.0/24"}
	if !slices.Equal(seen, want) {
		t.Errorf("seen %q", seen)
	}
}

func TestHits(t *testing.T) {
	st := openStore(t)
	a, b := open(t, st, "ua"), open(t, st, "ub")
	ban := set(t, a, Out, "evelyn", Ban{}, start)
	q, _ := Parse(casemap.ASCII, Out, "evelyn")
	if !a.Hit(&ban, start) || a.Hit(&ban, start.Add(59*time.Second)) || !a.Hit(&ban, start.Add(2*time.Minute)) || !b.Hit(&ban, start.Add(time.Hour)) {
		t.Error("what is news is not said right")
	}
	for _, s := range []*Service{a, b} {
		if err := s.KeepHits(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	third := open(t, st, "ua") // after a restart
	third.Hit(&ban, start)
	for i, s := range []*Service{a, b, third} {
		l, _ := s.Lookup(q)
		if want := int64(4 + i/2); l.Hits.Count != want || !l.Hits.Last.Equal(start.Add(time.Hour)) {
			t.Errorf("server %d: %+v, want %d", i, l.Hits, want)
		}
	}
	if _, err := a.Remove(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for _, s := range []*Service{a, b} {
			if err := s.KeepHits(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	left := 0
	_ = st.List(t.Context(), store.Hits, "", func(store.Record) bool { left++; return true })
	if left != 0 || a.counts.Len() != 0 {
		t.Errorf("%d records and %d counts are left of a ban that is no more", left, a.counts.Len())
	}
}

func TestPropose(t *testing.T) {
	s := open(t, openStore(t), "ua")
	p := Proposal{By: "alice", Ban: Ban{Reason: "x"}}
	code := s.Propose(p, start)
	if _, ok := s.Confirm(code, "bob", start); ok {
		t.Error("bob confirms what alice wants")
	}
	if _, ok := s.Confirm("x", "alice", start); ok {
		t.Error("any code will do")
	}
	if got, ok := s.Confirm(code, "alice", start.Add(pendingFor-1)); !ok || got.Ban.Reason != "x" {
		t.Error("alice cannot confirm")
	}
	if _, ok := s.Confirm(code, "alice", start); ok {
		t.Error("it can be confirmed twice")
	}
	if code = s.Propose(p, start); code == "" {
		t.Fatal("no code")
	}
	if _, ok := s.Confirm(code, "alice", start.Add(pendingFor)); ok {
		t.Error("it can be confirmed for ever")
	}
	for range 3 * mostPending {
		s.Propose(p, start)
	}
	if len(s.pending.by) > mostPending {
		t.Errorf("%d proposals wait", len(s.pending.by))
	}
}

// TestIndex: what the index finds is what comparing everybody with everything finds.
func TestIndex(t *testing.T) {
	word := rapid.SampledFrom([]string{"a", "b", "ab", "abc", "abcd", "spam", "abcdefghijklmnop", "*", "?", "*a", "b*", "*spam*", "a?c"})
	host := rapid.SampledFrom([]string{
		"host.example", "*.example", "host.*", "*", "192.0.2.1", "192.0.2.*", "192.0.2.0/24", "192.0.0.0/16", "192.0.2.1/32", "2001:db8::/32", "2001:db8::1",
		"*.a.very.long.name.of.a.host.example", "HOST.example", "?ost.example", "h?st.*",
	})
	target := rapid.Custom(func(t *rapid.T) string {
		mask := word.Draw(t, "nick") + "!" + word.Draw(t, "ident") + "@" + host.Draw(t, "host")
		other := rapid.SampledFrom([]string{"a:abc", "a:a*", "!a:abc", "U:*", "r:*spam*", "S:" + fingerprint, "c:#spam", "A:1"}).Draw(t, "other")
		return rapid.SampledFrom([]string{mask, mask, other, mask + "&" + other}).Draw(t, "form")
	})
	plain := rapid.SampledFrom([]string{"a", "b", "ab", "abc", "abcd", "xspamx", "abcdefghijklmnop", "ABC"})
	person := rapid.Custom(func(t *rapid.T) suspect {
		return suspect{
			nick: plain.Draw(t, "nick"), ident: plain.Draw(t, "ident"),
			host:     rapid.SampledFrom([]string{"host.example", "Host.Example", "x.a.very.long.name.of.a.host.example", "192.0.2.1", "cloak.ip"}).Draw(t, "host"),
			addr:     rapid.SampledFrom([]string{"192.0.2.1", "192.0.3.1", "2001:db8::1", "2001:db8::2"}).Draw(t, "addr"),
			account:  rapid.SampledFrom([]string{"", "abc", "ABC", "axx"}).Draw(t, "account"),
			realname: plain.Draw(t, "real"), certfp: rapid.SampledFrom([]string{"", fingerprint}).Draw(t, "cert"),
			channels: rapid.SampledFrom([][]string{nil, {"#spam"}}).Draw(t, "channels"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		s := &Service{mapping: casemap.ASCII}
		s.index.init(casemap.ASCII)
		entries := map[string]*entry{}
		for i, text := range rapid.SliceOfN(target, 1, 30).Draw(t, "bans") {
			q, err := Parse(casemap.ASCII, Out, text)
			if err != nil {
				continue
			}
			e := &entry{Ban: &Ban{ID: fmt.Sprint(i), Action: Out, Target: q.Target, Set: start}, target: q.target, key: q.key}
			s.index.replace(entries[q.key], e)
			entries[q.key] = e
			if rapid.IntRange(0, 3).Draw(t, "remove") == 0 {
				s.index.replace(e, nil)
				delete(entries, q.key)
			}
		}
		for _, u := range rapid.SliceOfN(person, 1, 5).Draw(t, "people") {
			var want, got []string
			for key, e := range entries {
				// A host that reads like an address, but is not, is none here.
				if e.who.Match(u) && !(strings.Contains(e.Target, "192.0.2.1") && u.addr != "192.0.2.1") {
					want = append(want, key)
				}
			}
			s.index.candidates(u, func(e *entry) {
				if e.match(u, start) && !slices.Contains(got, e.key) {
					got = append(got, e.key)
				}
			})
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Fatalf("%+v is banned by\n%q\nand found by\n%q", u, want, got)
			}
		}
		for _, e := range entries {
			s.index.replace(e, nil)
		}
		x := &s.index
		if len(x.all) != 0 || len(x.nets) != 0 || len(x.buckets) != 0 || len(x.rest) != 0 || x.soft != 0 || x.channels != 0 || !s.Empty() ||
			x.lengths != [2][129]int{} || x.parts != [letters]counts{} {
			t.Fatalf("something is left: %+v", x)
		}
	})
}

// many returns a service with so many bans, a quarter each of addresses, networks, hosts
// and accounts, and some masks.
func many(b *testing.B, n int) *Service {
	s := &Service{mapping: casemap.ASCII}
	s.index.init(casemap.ASCII)
	for i := range n {
		var text string
		switch i % 4 {
		case 0:
			text = fmt.Sprintf("10.%d.%d.%d", i>>16&255, i>>8&255, i&255)
		case 1:
			text = fmt.Sprintf("172.%d.%d.0/24", i>>8&255, i&255)
		case 2:
			text = fmt.Sprintf("*!*@*.dsl-%d.provider.example", i)
		case 3:
			text = fmt.Sprintf("spammer%d", i)
		}
		q, err := Parse(casemap.ASCII, Out, text)
		if err != nil {
			b.Fatal(err)
		}
		s.index.replace(nil, &entry{Ban: &Ban{Action: Out, Target: q.Target, Set: start}, target: q.target, key: q.key})
	}
	return s
}

// BenchmarkJudge shows what it costs to connect: that it depends little on how many bans
// there are.
func BenchmarkJudge(b *testing.B) {
	for _, n := range []int{10, 1000, 100_000} {
		s := many(b, n)
		u := suspect{nick: "honest", ident: "~honest", host: "host-12.dsl-xyz.provider.example", addr: "198.51.100.7", account: "honest", realname: "Honest"}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if s.Judge(extban.Subject(u), start).Out != nil {
					b.Fatal("banned")
				}
			}
		})
	}
}
