package casemap

import (
	"strings"
	"testing"

	"github.com/ergochat/confusables"
)

func TestValidNick(t *testing.T) {
	const none, all, onlyPrecis = "", "ascii rfc1459 precis", "precis"
	for nick, want := range map[string]string{
		"alice": all, "Alice": all, "[a]\\`_^{|}": all, "a-1": all, "_": all, "|away|": all,
		"": none, "1a": none, "-a": none, "a b": none, "a,b": none, "a*": none, "a?": none, "a!b": none,
		"a@b": none, "#a": none, "a#": none, "$a": none, "a:b": none, "a.b": none, "+a": none, "~a": none,
		"&a": none, "%a": none, "a\x00": none, "a\x7f": none, "a\x02": none, "a/b": none, "a'b": none, "a<b>": none,
		strings.Repeat("a", 32): all, strings.Repeat("a", 33): none,
		strings.Repeat("é", 16): onlyPrecis, strings.Repeat("é", 17): none,

		"Işıl": onlyPrecis, "Олег": onlyPrecis, "漢字": onlyPrecis, "ひらカタ漢字": onlyPrecis, "한국漢": onlyPrecis,
		"Олег1_": onlyPrecis, "é_": onlyPrecis, "שלום_": none, "ש1": onlyPrecis, "שלום": onlyPrecis, "é": onlyPrecis, "e\u0301": onlyPrecis, "ＡＢ": onlyPrecis,
		"еvan":  onlyPrecis, // the disguise of a Latin name; see MixedScript
		"Олегb": none, "ひ한": none, "Ωhmя": none,
		"а\u200Bb": none, "a\u200Bb": none, "a\u200Db": none, "a\u00ADb": none, "a\u202Eb": none, "a\u2066b": none,
		"a\uFE0F": none, "a\u3164b": none, "a\u034Fb": none, "a\u180Eb": none, "a\U000E0041": none, "a\uE000": none,
		"a\u0378": none, "a\u0085": none, "a\u00A0b": none, "a\u3000b": none, "\u0301a": none, "ё\u0301\u0301\u0301\u0301\u0301": none,
		"a！b": none, "a＊": none, "＠a": none, "a．b": none, "１a": none, "－a": none, "٣": none,
		"☃": none, "🎉": none, "a\xff": none, "\xc3": none, "שa": none,
	} {
		for _, m := range mappings {
			if got := m.ValidNick(nick, 32); got != strings.Contains(want, m.String()) {
				t.Errorf("%s.ValidNick(%q) = %v", m, nick, got)
			}
		}
	}
}

func TestMixedScript(t *testing.T) {
	for name, want := range map[string]bool{
		"": false, "alice": false, "Олег": false, "Олег_1": false, "漢字ひらカタ": false, "漢한": false, "漢ㄅ": false,
		"еvan": true, "пaвел": true, "ひ한": true, "漢ㄅ한": true, "αlpha": true,
	} {
		if got := MixedScript(name); got != want {
			t.Errorf("MixedScript(%q) = %v", name, got)
		}
	}
}

func TestSkeleton(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"evan", "еvan", true}, {"Evan", "еvan", true}, {"ChanServ", "Chɑnserv", true}, {"alice", "a1ice", true},
		{"bob", "b0b", true}, {"paypal", "раураl", true}, {"alice", "alice\u200B", true}, {"i", "i\u0307", true},
		{"#tea", "#tеa", true}, {"#❤", "#❤\uFE0F", true}, {"o", "Ο", true}, {"kiss", "кiss", false}, {"modern", "rnodern", false},
		{"alice", "bob", false}, {"user1", "user2", false}, {"user0", "user1", false}, {"#tea", "tea", false}, {"a", "ä", false},
	} {
		for _, m := range mappings {
			if m != Precis && c.b == "Ο" {
				continue // a capital that only Precis folds
			}
			if got := m.Skeleton(c.a) == m.Skeleton(c.b); got != c.want {
				t.Errorf("%s: %q and %q look alike: %v (%q, %q)", m, c.a, c.b, got, m.Skeleton(c.a), m.Skeleton(c.b))
			}
		}
	}
	if got := testing.AllocsPerRun(100, func() { sink = ASCII.Skeleton("alice") }); got > 0 {
		t.Errorf("the skeleton of an ordinary nick allocates %v times", got)
	}
	if got := testing.AllocsPerRun(100, func() { sink = ASCII.Skeleton("alice10") }); got > 2 {
		t.Errorf("the skeleton of a nick with digits allocates %v times", got)
	}
	for c := range rune(0x80) { // what is replaced in ASCII is what the tables say
		s := foldUnicode("a" + string(c) + "b")
		if got, want := Precis.Skeleton(s), Folded(foldUnicode(confusables.SkeletonTweaked(s))); got != want && Precis.Fold(s) == Folded(s) {
			t.Errorf("the skeleton of %q is %q, want %q", s, got, want)
		}
	}
}

func TestValidChannel(t *testing.T) {
	const none, all, notPrecis = "", "ascii rfc1459 precis", "ascii rfc1459"
	for name, want := range map[string]string{
		"#a": all, "#Tea-Room": all, "##a": all, "#a!b@c:d": all, "#ünïcödé": all, "#日本": all, "#🎉": all, "#❤\uFE0F": all,
		"#🏳\uFE0F\u200D🌈": all, "#русский-linux": all, "#c++": all, "#“quoted”": all, "#漢字ひらカタ": all,
		"#": none, "": none, "a": none, "&a": none, "+a": none, "#a b": none, "#a,b": none, "#a\x07": none, "#a\x02": none,
		"#a*": none, "#a?": none, "#a\x7f": none, "#a\xff": none, "#a\u0085": none, "#a\u00A0": none, "#a\u200B": none,
		"#a\u202E": none, "#a\u200D": none, "#\uFE0F": none, "#\uE000": none, "#\u0301a": none, "#a\u0301\u0301\u0301\u0301\u0301": none,
		"#a\u2028b": none, "#\U000E0041": none, "#a\u0378": none, "#\u20E3": none,
		"#pаypal": notPrecis, "#a＊": notPrecis, "#a，b": notPrecis,
		"#" + strings.Repeat("a", 31): all, "#" + strings.Repeat("a", 32): none,
	} {
		for _, m := range mappings {
			if got := m.ValidChannel(name, 32); got != strings.Contains(want, m.String()) {
				t.Errorf("%s.ValidChannel(%q) = %v", m, name, got)
			}
		}
	}
	if !IsChannel("#") || IsChannel("") || IsChannel("a#") || IsChannel("&a") {
		t.Error("IsChannel does not go by the first character")
	}
}
