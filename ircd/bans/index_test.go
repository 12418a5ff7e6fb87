package bans

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/extban"
)

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
