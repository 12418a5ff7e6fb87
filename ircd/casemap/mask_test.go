package casemap

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		mask, text string
		want       bool
	}{
		{"", "", true}, {"", "a", false}, {"*", "", true}, {"*", "abc", true}, {"?", "", false}, {"?", "a", true}, {"?", "é", true},
		{"?", "ab", false}, {"??", "aé", true}, {"a*", "abc", true}, {"a*", "bac", false}, {"*c", "abc", true}, {"a*c", "abbc", true},
		{"a*a", "a", false}, {"a*a", "aa", true}, {"ab*ba", "aba", false}, {"*b*", "abc", true}, {"*b*c*", "acbd", false},
		{"a**b", "ab", true}, {"a?*c", "ac", false}, {"a?*c", "abc", true}, {"*a?c*", "xxabcxx", true}, {"*?", "", false}, {"*?", "🎉", true},
		{"BAR!*@*", "Bar!~u@Host", true}, {"bar!*@*", "baz!u@h", false}, {"*!*@*.Example", "a!b@c.example", true},
		{"*a*a*a*b", strings.Repeat("a", 100), false}, {"*a?a?a?b", strings.Repeat("a", 100), false},
		{strings.Repeat("?", 200), strings.Repeat("a", 200), true}, {strings.Repeat("?", 200), strings.Repeat("a", 199), false},
		{strings.Repeat("a?", 99) + "*", strings.Repeat("a", 300), true}, {strings.Repeat("*", 201), "a", false},
		{"caf?", "café", true}, {"caf?", "caf\xe9", true},
	} {
		for _, m := range mappings {
			if got := m.Compile(c.mask).Match(c.text); got != c.want {
				t.Errorf("%s: mask %q matches %q: %v", m, c.mask, c.text, got)
			}
		}
	}
	if !Precis.Compile("ÉVA!*").Match("éva!a@b") || ASCII.Compile("ÉVA!*").Match("éva!a@b") {
		t.Error("masks do not fold as the mapping does")
	}
	if !RFC1459.Compile("a[?*").Match("A{]x") || ASCII.Compile("a[*").Match("a{") {
		t.Error("masks do not fold as the mapping does")
	}
	if (Mask{}).Match("") || (Mask{}).MatchFolded("") || (Mask{}).String() != "" {
		t.Error("the zero mask matches")
	}
}

// matchSlowly is the definition of a match, without any care for time.
func matchSlowly(mask, s []rune) bool {
	switch {
	case len(mask) == 0:
		return len(s) == 0
	case mask[0] == '*':
		return matchSlowly(mask[1:], s) || len(s) > 0 && matchSlowly(mask, s[1:])
	case len(s) == 0:
		return false
	}
	return (mask[0] == '?' || mask[0] == s[0]) && matchSlowly(mask[1:], s[1:])
}

func TestMatchProperties(t *testing.T) {
	masks := rapid.StringOfN(rapid.RuneFrom([]rune("abé*?!@")), 0, 8, -1)
	texts := rapid.StringOfN(rapid.RuneFrom([]rune("abAé!@")), 0, 14, -1)
	rapid.Check(t, func(t *rapid.T) {
		mask, s := masks.Draw(t, "mask"), texts.Draw(t, "text")
		for _, m := range mappings {
			k, folded := m.Compile(mask), string(m.Fold(s))
			want := matchSlowly([]rune(string(m.Fold(mask))), []rune(folded))
			if k.Match(s) != want || k.MatchFolded(folded) != want {
				t.Errorf("%s: mask %q matches %q: %v, want %v", m, mask, s, k.Match(s), want)
			}
			if !m.Compile(s).Match(s) {
				t.Errorf("%s: %q as a mask does not match itself", m, s)
			}
			a := newAutomaton(string(m.Fold(mask)))
			if a.match(folded) != want {
				t.Errorf("%s: the automaton of %q matches %q: %v, want %v", m, mask, s, !want, want)
			}
		}
	})
}

// TestMatchTime tests with masks that are bad for backtracking that the time is
// not even near to what that would take.
func TestMatchTime(t *testing.T) {
	text := strings.Repeat("a", 500)
	start := time.Now()
	for _, mask := range []string{
		strings.Repeat("*a", 99) + "*b", strings.Repeat("a*", 99) + "b", strings.Repeat("*a?", 66) + "b",
		"*" + strings.Repeat("?a", 99) + "b", strings.Repeat("*?", 99) + "b",
	} {
		for range 100 {
			if ASCII.Compile(mask).Match(text) {
				t.Fatalf("mask %q matches", mask)
			}
		}
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("500 matches took %v", d)
	}
}

func TestMatchAllocations(t *testing.T) {
	for _, mask := range []string{"bar!*@*", "*!*@*.example", "*!*evan@*", "*b?r*", "a*"} {
		for _, m := range mappings {
			k := m.Compile(mask)
			for _, s := range []string{"Bar!~Evan@Host.Example", "bar!~evan@host.example", "işıl!a@b"} {
				if got := testing.AllocsPerRun(100, func() { k.Match(s) }); got > 0 {
					t.Errorf("%s: matching %q with %q allocates %v times", m, s, mask, got)
				}
			}
		}
	}
}

func TestNormaliseMask(t *testing.T) {
	for in, want := range map[string]string{
		"nick": "nick!*@*", "user@host": "*!user@host", "nick!user": "nick!user@*", "nick!user@host": "nick!user@host",
		"*": "*!*@*", "***": "*!*@*", "*!*@*": "*!*@*", "!": "*!*@*", "@": "*!*@*", "!@": "*!*@*", "a!": "a!*@*", "@h": "*!*@h",
		"!u": "*!u@*", "a!b@": "a!b@*", "host.example": "*!*@host.example", "2001:db8::1": "*!*@2001:db8::1", ":a": "*!*@:a",
		"BAR!**@*?*": "BAR!*@*?*", "a!b!c@d@e": "a!b!c@d@e", "Işıl": "Işıl!*@*",
		"": "", "a b": "", "a\x07": "", "a\r\n": "", "\xff": "", ":a!b@c": "", "a\u00A0b": "", "a\u200B": "",
		strings.Repeat("a", 200): "", strings.Repeat("a", 196): strings.Repeat("a", 196) + "!*@*",
	} {
		if got := NormaliseMask(in); got != want {
			t.Errorf("NormaliseMask(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCensor(t *testing.T) {
	for _, c := range []struct {
		word, text, want string
	}{
		{"spam", "Spam, SPAM and spa", "****, **** and spa"}, {"b?d", "a bad bid", "a *** ***"}, {"aa", "aaaaa", "****a"},
		{"", "abc", "abc"}, {"abc", "", ""}, {"é", "É é", "É *"}, {"b?d", "béd", "***"}, {"x", "\xff x", "\xff *"}, {"[x", "{X[X", "{X**"},
	} {
		got, found := ASCII.Word(c.word).Censor(c.text)
		if got != c.want || found != (c.want != c.text) {
			t.Errorf("Censor(%q, %q) = %q, %v", c.word, c.text, got, found)
		}
	}
	if got, _ := Precis.Word("é").Censor("É"); got != "*" {
		t.Errorf("with Precis, É becomes %q", got)
	}
	if got, _ := Precis.Word("İ!").Censor("aİ!b"); got != "a***b" {
		t.Errorf("Censor(İ!) = %q", got)
	}
	if got, _ := RFC1459.Word("[x").Censor("{X"); got != "**" {
		t.Errorf("with RFC1459, {X becomes %q", got)
	}
}

func FuzzMask(f *testing.F) {
	f.Add("nick!*@*", "Nick!user@host")
	f.Add("*a?b*", "xxaébxx")
	f.Add("user@host", "\xff")
	f.Fuzz(func(t *testing.T, mask, text string) {
		full := NormaliseMask(mask)
		if full != "" && (NormaliseMask(full) != full || len(full) > MaxMask || !utf8.ValidString(full) || strings.ContainsAny(full, " \r\n\x00")) {
			t.Errorf("NormaliseMask(%q) = %q", mask, full)
		}
		for _, m := range mappings {
			k := m.Compile(mask)
			got := k.Match(text)
			if got != k.MatchFolded(string(m.Fold(text))) {
				t.Errorf("%s: mask %q: Match and MatchFolded differ on %q", m, mask, text)
			}
			folded := []rune(string(m.Fold(mask)))
			if utf8.ValidString(mask) && utf8.ValidString(text) && len(folded) < 8 && len(text) < 30 && got != matchSlowly(folded, []rune(string(m.Fold(text)))) {
				t.Errorf("%s: mask %q matches %q: %v", m, mask, text, got)
			}
			m.Word(mask).Censor(text)
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	for name, mask := range map[string]string{
		"nick": "somebody!*@*", "host": "*!*@*.isp.example", "part": "*!*evan@*", "question": "*!?evan@*.ex?mple", "hostile": "*a?a?a?a?b*",
	} {
		k := ASCII.Compile(mask)
		for kind, s := range map[string]string{"folded": "somebody_1!~username@host-192-0-2-1.isp.example", "capitals": "Somebody_1!~username@host-192-0-2-1.isp.example"} {
			b.Run(name+"/"+kind, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					k.Match(s)
				}
			})
		}
	}
}
