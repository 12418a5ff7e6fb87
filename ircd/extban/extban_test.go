package extban

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
)

// A person is a Subject for tests.
type person struct {
	masks                                                          []string
	account, realname, certfp, country, asn, oper, server, channel string
	prefix                                                         string
	secure                                                         bool
	addr                                                           string
}

func (p *person) Masks() []string          { return p.masks }
func (p *person) Account() string          { return p.account }
func (p *person) Addr() netip.Addr         { a, _ := netip.ParseAddr(p.addr); return a }
func (p *person) Realname() string         { return p.realname }
func (p *person) CertFP() string           { return p.certfp }
func (p *person) Country() string          { return p.country }
func (p *person) ASN() string              { return p.asn }
func (p *person) OperName() string         { return p.oper }
func (p *person) ServerName() string       { return p.server }
func (p *person) Secure() bool             { return p.secure }
func (p *person) InGroup(name string) bool { return name == "known-users" }
func (p *person) InChannel(f casemap.Folded) (string, bool) {
	return p.prefix, casemap.ASCII.Equal(p.channel, string(f))
}

const fingerprint = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

var (
	alice = &person{
		masks:   []string{"Alice!~al@cloak.example", "Alice!~al@host.example", "Alice!~al@192.0.2.1"},
		account: "Alice", realname: "Alice of Wonderland", certfp: fingerprint, country: "GB", asn: "AS64500",
		oper: "admin", server: "west.example", channel: "#Tea", prefix: "@+", secure: true, addr: "192.0.2.1",
	}
	bob = &person{masks: []string{"bob!~b@2001:db8::1"}, realname: "Bob", server: "east.example", channel: "#tea", addr: "2001:db8::1"}
)

func TestMatch(t *testing.T) {
	for in, want := range map[string]string{
		"*": "alice bob", "alice": "alice", "BOB!*@*": "bob", "*@host.example": "alice", "192.0.2.?": "alice", "2001:db8::*": "bob",
		"192.0.2.0/24": "alice", "198.51.100.0/24": "", "a*!~al@192.0.2.0/25": "alice", "b*!*@192.0.2.0/24": "", "192.0.2.1": "alice", "192.0.2.2": "",
		"2001:db8::/32": "bob", "2001:db8:0:0:0:0:0:1": "bob", "2001:db9::/32": "", "0.0.0.0/0": "alice", "192.0.2.0/24&U:*": "",
		"a:alice": "alice", "a:ALICE": "alice", "a:*": "alice", "!a:alice": "bob", "a:bob": "", "U:*": "bob", "!U:*": "alice",
		"c:#tea": "alice bob", "c:+#tea": "alice", "c:%#TEA": "alice", "c:@#tea": "alice", "c:&#tea": "", "c:~#tea": "", "!c:@#tea": "bob", "c:#milk": "",
		"r:*wonder*": "alice", "r:Alice of *": "alice", "S:" + fingerprint: "alice", "S:*": "alice", "!S:*": "bob", "S:" + fingerprint[2:] + "00": "",
		"s:WEST.*": "alice", "C:gb": "alice", "!C:gb": "bob", "A:64500": "alice", "A:6450": "", "o:*": "alice", "o:root": "", "z:*": "alice", "!z:*": "bob",
		"c:#tea&U:*": "bob", "*.example&a:*": "alice", "bob!*@*&z:*": "", "m:a:alice": "alice", "T:block:x": "alice bob", "U:*&T:block:x": "bob",
	} {
		e, err := Parse(casemap.ASCII, in)
		if err != nil {
			t.Errorf("Parse(%q): %v", in, err)
			continue
		}
		var got []string
		for name, p := range map[string]*person{"alice": alice, "bob": bob} {
			if e.Match(p) {
				got = append(got, name)
			}
		}
		if len(got) == 2 {
			got = []string{"alice", "bob"}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q matches %q, want %q", in, got, want)
		}
	}
}

// TestParts: whoever indexes entries sees their conditions.
func TestParts(t *testing.T) {
	e, err := Parse(casemap.ASCII, "m:x!*@192.0.2.9/24&!a:Bob&U:*")
	if err != nil {
		t.Fatal(err)
	}
	want := []Part{
		{Value: "x!*@192.0.2.0/24", Network: netip.MustParsePrefix("192.0.2.0/24")},
		{Not: true, Letter: 'a', Value: "Bob"},
		{Letter: 'U', Value: "*"},
	}
	if got := e.Parts(); !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestActions(t *testing.T) {
	for in, want := range map[string]Entry{
		"bob":                 {action: Ban},
		"a:bob":               {action: Ban},
		"m:bob":               {action: Mute},
		"n:bob":               {action: NickChange},
		"j:bob":               {action: Join},
		"f:#Other:bob":        {action: Forward, forward: "#Other"},
		"T:block:x":           {action: Text},
		"t:60:bob":            {action: Ban, expires: time.Hour},
		"m:t:1:bob":           {action: Mute, expires: time.Minute},
		"t:2:f:#o:!a:*":       {action: Forward, forward: "#o", expires: 2 * time.Minute},
		"t:525600:T:censor:x": {action: Text, expires: 365 * 24 * time.Hour},
	} {
		e, err := Parse(casemap.ASCII, in)
		if err != nil {
			t.Fatalf("Parse(%q): %v", in, err)
		}
		if e.Action() != want.action || e.Forward() != want.forward || e.Expires() != want.expires {
			t.Errorf("%q: action %d, forward %q, expires %v", in, e.Action(), e.Forward(), e.Expires())
		}
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct {
		in, text string
		want     bool
		censored string
	}{
		{"T:block:watches", "Cheap WATCHES here", true, "Cheap WATCHES here"},
		{"T:block:watches", "clocks", false, "clocks"},
		{"T:block:a*", "banana", false, "banana"},
		{"T:censor:darn", "Darn, darned darts", true, "****, ****ed darts"},
		{"T:censor:d?rn", "dorn", true, "****"},
		{"m:bob", "bob", false, "bob"},
	} {
		e, err := Parse(casemap.ASCII, c.in)
		if err != nil {
			t.Fatal(err)
		}
		if got := e.MatchText(c.text); got != c.want {
			t.Errorf("%q matches text %q: %v", c.in, c.text, got)
		}
		if got := e.Censor(c.text); got != c.censored || e.Censors() && c.want != (got != c.text) {
			t.Errorf("%q censors %q to %q", c.in, c.text, got)
		}
	}
}

func TestKey(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"BAR!*@*", "bar", true}, {"m:BAR!*@*", "mute:bar", true}, {"account:Bob", "a:bob", true}, {"~a:bob", "a:bob", true},
		{"a:64500", "A:64500", false}, {"s:*", "S:*", false}, {"a:bob", "!a:bob", false}, {"bar", "m:bar", false}, {"t:1:bar", "bar", false},
		{"f:#A:bob", "f:#a:BOB", true}, {"T:block:X", "text:block:*x*", true},
	} {
		a, err := Parse(casemap.ASCII, c.a)
		b, err2 := Parse(casemap.ASCII, c.b)
		if err != nil || err2 != nil || (a.Key() == b.Key()) != c.same {
			t.Errorf("%q and %q have the same key: %v %v %v", c.a, c.b, a.Key() == b.Key(), err, err2)
		}
	}
}

func TestRows(t *testing.T) {
	letters := Letters()
	if len(letters) != len(Rows()) || !strings.Contains(letters, "m") {
		t.Errorf("Letters() = %q", letters)
	}
	for i, r := range Rows() {
		if i > 0 && letters[i-1] >= letters[i] {
			t.Errorf("%c is not in order", r.Letter)
		}
		if r.Help == "" || !strings.HasPrefix(r.Usage, string(r.Letter)+":") || r.Acting != (r.act != nil) {
			t.Errorf("the row of %s is incomplete", r.Name)
		}
		if (r.parse != nil) == (r.act != nil) && r.Letter != filterLetter {
			t.Errorf("%s is not either matching or acting", r.Name)
		}
		if len(r.Name) < 2 || string(casemap.ASCII.Fold(r.Name)) != r.Name || lookup(r.Name).Letter != r.Letter || lookup(string(r.Letter)).Name != r.Name {
			t.Errorf("the name %q is not in lower case, or ambiguous", r.Name)
		}
	}
	for name := range strings.SplitSeq(AccountNames, ",") {
		if e, err := Parse(casemap.ASCII, name+":alice"); err != nil || !e.Match(alice) || e.Match(bob) {
			t.Errorf("%s does not match accounts", name)
		}
	}
}

func plainBans(t testing.TB) []*Entry {
	var list []*Entry
	for i := range 100 {
		mask := []string{"somebody%!*@*", "*!*@host-%.isp.example", "*!ident%@*", "*!*@203.0.113.%"}[i%4]
		e, err := Parse(casemap.ASCII, strings.ReplaceAll(mask, "%", string(rune('a'+i%26))))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, e)
	}
	return list
}

func TestMatchAllocations(t *testing.T) {
	list := plainBans(t)
	for _, s := range []string{"a:x", "r:*zzz*", "c:@#tea", "S:" + fingerprint, "C:gb", "A:64500", "s:x*", "U:*&z:*"} {
		e, err := Parse(casemap.ASCII, s)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, e)
	}
	for _, e := range list {
		if got := testing.AllocsPerRun(10, func() { e.Match(alice) }); got > 0 {
			t.Errorf("matching %q allocates %v times", e, got)
		}
	}
}

func BenchmarkList(b *testing.B) {
	list := plainBans(b)
	folded := *alice
	folded.masks = []string{"alice!~al@cloak-1-2-3.example", "alice!~al@host-192-0-2-1.isp.example", "alice!~al@192.0.2.1"}
	for name, p := range map[string]*person{"capitals": alice, "folded": &folded} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, e := range list {
					if e.Match(p) {
						b.Fatal("matches")
					}
				}
			}
		})
	}
}
