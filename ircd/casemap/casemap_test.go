package casemap

import (
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

var mappings = []Mapping{ASCII, RFC1459, Precis}

// nameText draws texts in which the interesting characters are frequent.
func nameText() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringOf(rapid.RuneFrom([]rune(`aAbBzZ019-_[]\{}|~^!@#.,*?: `))),
		rapid.StringOf(rapid.RuneFrom([]rune("aAеЕİıçÇñ\u0301\u0307\u0338ＡａΣςσ漢カか한\u200D\uFE0F🎉Kא"))),
		rapid.String(),
	)
}

func TestParseMapping(t *testing.T) {
	for _, m := range mappings {
		if got, err := ParseMapping(m.String()); err != nil || got != m {
			t.Errorf("ParseMapping(%q) = %v, %v", m, got, err)
		}
	}
	if _, err := ParseMapping("ASCII"); err == nil {
		t.Error("ParseMapping accepts a name in capitals")
	}
}

func TestFold(t *testing.T) {
	for _, c := range []struct {
		in                     string
		ascii, rfc1459, precis Folded
	}{
		{"", "", "", ""},
		{"alice", "alice", "alice", "alice"},
		{"Alice", "alice", "alice", "alice"},
		{"@Z[`a{", "@z[`a{", "@z{`a{", "@z[`a{"},
		{`#F]|oo{~`, `#f]|oo{~`, `#f}|oo{^`, `#f]|oo{~`},
		{"a-name-of-several-wordS", "a-name-of-several-words", "a-name-of-several-words", "a-name-of-several-words"},
		{"ÉVA", "Éva", "Éva", "éva"},
		{"e\u0301", "e\u0301", "e\u0301", "é"},
		{"ＡＢ", "ＡＢ", "ＡＢ", "ab"},
		{"Işıl", "işıl", "işıl", "işıl"},
		{"İ", "İ", "İ", "i\u0307"},
		{"ΣΑΣ", "ΣΑΣ", "ΣΑΣ", "σασ"},
		{"#Caf\xe9", "#caf\xe9", "#caf\xe9", "#caf\uFFFD"},
	} {
		for m, want := range map[Mapping]Folded{ASCII: c.ascii, RFC1459: c.rfc1459, Precis: c.precis} {
			if got := m.Fold(c.in); got != want {
				t.Errorf("%s.Fold(%q) = %q, want %q", m, c.in, got, want)
			}
		}
	}
	if !RFC1459.Equal("#F]|oo{", `#f}\oo[`) || ASCII.Equal("#a]", "#a}") {
		t.Error("Equal is not the equality of keys")
	}
}

func TestFoldProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := nameText().Draw(t, "name")
		for _, m := range mappings {
			f := string(m.Fold(s))
			if again := string(m.Fold(f)); again != f {
				t.Errorf("%s.Fold(%q) = %q, whose key is %q", m, s, f, again)
			}
			if m.isFolded(s) && f != s {
				t.Errorf("%s.isFolded(%q), but its key is %q", m, s, f)
			}
			if !m.isFolded(f) && isASCII(f) && !containsDEL(f) {
				t.Errorf("%s.isFolded(%q) is false", m, f)
			}
			if m == Precis && !utf8.ValidString(f) {
				t.Errorf("the key of %q, %q, is not UTF-8", s, f)
			}
			if other := nameText().Draw(t, "other"); m.Equal(s, other) != (m.Fold(s) == m.Fold(other)) || !m.Equal(s, f) && utf8.ValidString(s) {
				t.Errorf("%s.Equal(%q, %q), or with the key, is wrong", m, s, other)
			}
			if m.Skeleton(s) != m.Skeleton(f) {
				t.Errorf("%s: %q and its key have two skeletons", m, s)
			}
		}
	})
}

func containsDEL(s string) bool {
	for i := range len(s) {
		if s[i] == 0x7F {
			return true
		}
	}
	return false
}

// TestFoldIsPrecis tests foldUnicode against the profile, with every character
// alone and with random texts.
func TestFoldIsPrecis(t *testing.T) {
	same := func(s string) bool {
		want, err := username.String(s)
		return err != nil || string(Precis.Fold(s)) == want
	}
	accepted := 0
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		if !same(string(r)) {
			t.Errorf("U+%04X folds to %q", r, Precis.Fold(string(r)))
		}
		accepted++
	}
	if accepted < 1_000_000 {
		t.Errorf("only %d characters were tested", accepted)
	}
	rapid.Check(t, func(t *rapid.T) {
		if s := nameText().Draw(t, "name"); !same(s) {
			t.Errorf("%q folds to %q", s, Precis.Fold(s))
		}
	})
}

func TestFoldAllocations(t *testing.T) {
	for _, c := range []struct {
		in   string
		most float64
	}{{"alice_the_first", 0}, {"#tea", 0}, {"işıl", 0}, {"Alice", 1}} {
		for _, m := range mappings {
			if got := testing.AllocsPerRun(100, func() { sink = m.Fold(c.in) }); got > c.most {
				t.Errorf("%s.Fold(%q) allocates %v times", m, c.in, got)
			}
		}
	}
}

var sink Folded

func BenchmarkFold(b *testing.B) {
	for name, s := range map[string]string{"folded": "alice_the_first", "capitals": "Alice_The_First", "unicode": "işıl", "Unicode": "Işıl"} {
		for _, m := range mappings {
			b.Run(m.String()+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					sink = m.Fold(s)
				}
			})
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"Alice", "#F]|oo{~", "İ", "e\u0301", "\xff", "ＡＢ", "аlice"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, m := range mappings {
			key := m.Fold(s)
			if m.Fold(string(key)) != key {
				t.Errorf("%s: the key of %q has another key", m, s)
			}
			if m.Skeleton(s) != m.Skeleton(string(key)) {
				t.Errorf("%s: %q and its key have two skeletons", m, s)
			}
			if m.ValidNick(s, 64) && (!m.ValidNick(string(key), 192) || IsChannel(s)) {
				t.Errorf("%s: %q is a nick, but not its key %q", m, s, key)
			}
			if m.ValidChannel(s, 64) && (!m.ValidChannel(string(key), 192) || m.ValidNick(s, 64)) {
				t.Errorf("%s: %q is a channel, but not its key %q", m, s, key)
			}
		}
	})
}
