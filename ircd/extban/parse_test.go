package extban

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/parley-irc/parley/ircd/casemap"
)

func TestParse(t *testing.T) {
	for in, want := range map[string]string{
		"bob": "bob!*@*", "bar!*@*": "bar!*@*", "BAR!*@*": "BAR!*@*", "~b@host": "*!~b@host", "2001:db8::1": "*!*@2001:db8::1",
		"*!*@a::1": "*!*@a::1", "192.0.2.*": "*!*@192.0.2.*", "192.0.2.77/24": "*!*@192.0.2.0/24", "~b@192.0.2.1/32": "*!~b@192.0.2.1",
		"2001:DB8:0::/32": "*!*@2001:db8::/32", "2001:db8:0:0::1": "*!*@2001:db8::1", "*!*@192.0.2.0/33": "*!*@192.0.2.0/33", "*!*@192.0.2.0/x": "*!*@192.0.2.0/x",
		"m:x!*@10.1.2.3/8": "m:x!*@10.0.0.0/8", "!U:*&c:#x": "!U:*&c:#x", "a&b": "a&b!*@*",
		"a:bob": "a:bob", "account:bob": "a:bob", "Account:Bob": "a:Bob", "~a:bob": "a:bob", "~account:bob": "a:bob",
		"!a:bob": "!a:bob", "~!a:bob": "!a:bob", "!~a:bob": "!a:bob", "a:b**": "a:b*",
		"m:bar!*@*": "m:bar!*@*", "mute:bar": "m:bar!*@*", "~mute:~account:bar": "m:a:bar", "m:!a:bob": "m:!a:bob",
		"n:*": "n:*!*@*", "nick:a:x": "n:a:x", "join:a:x": "j:a:x", "f:#other:bob": "f:#other:bob!*@*", "forward:#o:a:b": "f:#o:a:b",
		"t:60:bob": "t:60:bob!*@*", "time:060:m:bob": "t:60:m:bob!*@*", "m:t:60:bob": "t:60:m:bob!*@*",
		"U:*": "U:*", "unauthed:*!*@*": "U:*", "!U:*": "!U:*", "tls:*": "z:*", "*.example&U:*": "*!*@*.example&U:*",
		"a:*&!c:@#Tea&z:*": "a:*&!c:@#Tea&z:*", "c:#tea": "c:#tea", "channel:~#tea": "c:~#tea", "r:Bob of Tea": "r:Bob?of?Tea",
		"S:" + strings.ToUpper(fingerprint): "S:" + fingerprint, "certfp:*": "S:*", "country:gb": "C:GB", "A:as64500": "A:64500", "asn:0064500": "A:64500",
		"server:*.example": "s:*.example", "o:*": "o:*", "T:block:cheap watches": "T:block:*cheap?watches*", "text:BLOCK:a*": "T:block:a*",
		"T:censor:*darn*": "T:censor:darn", "U:*&T:block:*http*": "U:*&T:block:*http*", "t:5:T:block:x": "t:5:T:block:*x*", "r:AT&TT:x": "r:AT&TT:x",
	} {
		e, err := Parse(casemap.ASCII, in)
		if err != nil {
			t.Errorf("Parse(%q): %v", in, err)
		} else if e.String() != want {
			t.Errorf("Parse(%q) = %q, want %q", in, e, want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for in, word := range map[string]string{
		"": "mask", "a b": "mask", "a\x02": "Control", "\xff": "Control", ":a!b@c": "mask", "x:bob": "called x", "acount:bob": "called acount",
		"acount:b!*@*": "called", "~x:bob": "called x", "~bob": "", "a:": "a:<account>", "m:": "mask", "!m:bob": "before what", "m:n:bob": "Only one",
		"m:T:block:x": "Only one", "f:#o": "channel", "f:o:bob": "channel", "f:#o:": "mask", "t:0:bob": "minutes", "t:x:bob": "minutes", "t:60": "minutes",
		"t:9999999:bob": "minutes", "t:1:t:2:bob": "one time", "U:bob": "*", "z:bob": "*", "c:tea": "channel", "c:@": "channel", "c:#t*": "channel", "S:xyz": "fingerprint",
		"S:00:11": "fingerprint", "C:GBR": "country", "C:1x": "country", "A:x": "number", "A:0": "number", "A:99999999999": "number", "T:x": "T:block",
		"T:kill:x": "T:block", "T:block:": "T:block", "T:block:**": "T:block", "T:censor:a*b": "inside", "!T:block:x": "negated", "a:x&m:bob": "beginning",
		"T:block:x&T:block:y": "Only one", "bob&a:": "a:<account>", strings.Repeat("a", 201): "long", "m:" + strings.Repeat("a", 196): "long", "r:" + strings.Repeat("a", 198): "",
	} {
		e, err := Parse(casemap.ASCII, in)
		var told *Error
		switch {
		case word == "" && err != nil:
			t.Errorf("Parse(%q): %v", in, err)
		case word != "" && err == nil:
			t.Errorf("Parse(%q) = %q", in, e)
		case word != "" && (!errors.As(err, &told) || !strings.Contains(err.Error(), word) || strings.Contains(err.Error(), "%!")):
			t.Errorf("Parse(%q): %v", in, err)
		}
	}
}

// entries draws texts that are often entries.
func entries() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		words := rapid.SampledFrom([]string{
			"a:", "account:", "~", "!", "m:", "n:", "j:", "f:#x:", "t:5:", "T:block:", "T:censor:", "c:@#tea", "U:*", "z:*", "&", "r:", "S:*", "C:gb", "A:1", "o:*",
			"s:", "bob", "*", "**", "?", "@", "é", "İ", "Ａ", " ", ":", "x:", ".",
		})
		return strings.Join(rapid.SliceOfN(words, 0, 7).Draw(t, "words"), "")
	})
}

func checkEntry(t interface{ Errorf(string, ...any) }, m casemap.Mapping, s string) {
	e, err := Parse(m, s)
	if err != nil {
		if strings.Contains(err.Error(), "%!") && !strings.Contains(s, "%!") { // a verb of ours that does not fit
			t.Errorf("%s.Parse(%q): %v", m, s, err)
		}
		return
	}
	text := e.String()
	if text == "" || text[0] == ':' || len(text) > casemap.MaxMask || strings.ContainsAny(text, " \r\n\x00") {
		t.Errorf("Parse(%q) = %q cannot be sent", s, text)
	}
	again, err := Parse(m, text)
	if err != nil {
		t.Errorf("Parse(%q) = %q, and then %v", s, text, err)
		return
	}
	if again.String() != text || again.Key() != e.Key() {
		t.Errorf("Parse(%q) = %q, and then %q", s, text, again)
	}
	for _, p := range []*person{alice, bob} {
		if e.Match(p) != again.Match(p) {
			t.Errorf("%q and its canonical form %q match differently", s, text)
		}
	}
	if censored := e.Censor(s); !e.Censors() && censored != s || e.Censors() && e.MatchText(censored) && censored == s {
		t.Errorf("%q censors its own text to %q", text, censored)
	}
}

func TestParseProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := entries().Draw(t, "entry")
		for _, m := range []casemap.Mapping{casemap.ASCII, casemap.RFC1459, casemap.Precis} {
			checkEntry(t, m, s)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"nick!*@*", "m:a:bob", "t:60:f:#o:!a:bob&c:@#tea", "T:block:x y", "~account:é", "S:00", "r:a&b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		checkEntry(t, casemap.ASCII, s)
		checkEntry(t, casemap.Precis, s)
	})
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(casemap.ASCII, "t:60:m:a:bob"); err != nil {
			b.Fatal(err)
		}
	}
}
