package wire

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		text string
		max  int
		want []string
	}{
		{"", 5, []string{""}},
		{"abcde", 5, []string{"abcde"}},
		{"abcdef", 5, []string{"abcde", "f"}},
		{"abc def", 5, []string{"abc ", "def"}},
		{"a bcdefgh", 5, []string{"a bcd", "efgh"}},
		{"abcd efg", 5, []string{"abcd ", "efg"}},
		{"     ", 2, []string{"  ", "  ", " "}},
		{"ééé", 3, []string{"é", "é", "é"}},
		{"€€", 5, []string{"€", "€"}},
		{"😀", 3, []string{"\xf0\x9f\x98", "\x80"}},
		{"\xff\xff\xff\xff\xff", 2, []string{"\xff\xff", "\xff\xff", "\xff"}},
		{"\x80\x80\x80\x80\x80\x80", 5, []string{"\x80\x80\x80\x80\x80", "\x80"}},
	} {
		if got := Split(c.text, c.max); !slices.Equal(got, c.want) {
			t.Errorf("Split(%q, %d) = %q, want %q", c.text, c.max, got, c.want)
		}
	}
}

func TestRoom(t *testing.T) {
	for _, params := range [][]string{{"#tea"}, {"@#tea"}, {"a", "b"}, nil} {
		n := Room("n!u@h", "PRIVMSG", params...)
		text := strings.Repeat("x", n)
		m := Message{Source: "n!u@h", Command: "PRIVMSG", Params: append(slices.Clone(params), text)}
		if b := m.Append(nil, 0); len(b) != MaxBody || !strings.HasSuffix(string(b), text+"\r\n") {
			t.Errorf("with %q, room for %d bytes makes a line of %d", params, n, len(b))
		}
	}
}

// FuzzSplit tests that the pieces of any text fit, lose nothing and, if there is
// room for it, do not cut a character.
func FuzzSplit(f *testing.F) {
	f.Add("how is everyone?", 5)
	f.Add("äöü ß€😀", 4)
	f.Add("\xff\x80 \xe2\x82", 1)
	f.Fuzz(func(t *testing.T, text string, max int) {
		max = 1 + (max&0x1ff+0x200)&0x1ff
		pieces := Split(text, max)
		if strings.Join(pieces, "") != text {
			t.Fatalf("%q becomes %q", text, pieces)
		}
		for _, p := range pieces {
			if len(p) > max || p == "" && text != "" {
				t.Fatalf("the piece %q of %q, at most %d", p, text, max)
			}
			if max >= utf8.UTFMax && utf8.ValidString(text) && !utf8.ValidString(p) {
				t.Fatalf("the piece %q cuts a character of %q", p, text)
			}
		}
	})
}
