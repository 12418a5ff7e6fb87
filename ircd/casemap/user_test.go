package casemap

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestUsername(t *testing.T) {
	for in, want := range map[string]string{
		"alice": "alice", "~alice": "alice", "a!b@c": "abc", "a b:*?": "ab", "": "", "!@": "", "é": "", "\xe8rc\xe9": "rc",
		"averylongname": "averylongn", "a.b-c_d+1": "a.b-c_d+1", "a\x00\r\nb": "ab", "a,b#$": "ab",
	} {
		if got := Username(in, 10); got != want {
			t.Errorf("Username(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestHostname(t *testing.T) {
	long := strings.Repeat("a", MaxHost)
	for in, want := range map[string]string{
		"host.example": "host.example", "Host.Example.": "Host.Example", "192.0.2.1": "192.0.2.1", "2001:db8::1": "2001:db8::1",
		"::1": "0::1", "::": "0::", "2001:db8::": "2001:db8::", "gateway/web/a_b-c": "gateway/web/a_b-c", long: long,
		"": "", ".": "", "-a": "", "a-": "", ":a": "", "/a": "", "a..b": "", "a b": "", "a!b": "", "a@b": "", "a*": "", "é": "",
		"a\x00": "", "a\r\nb": "", "a%b": "", long + "a": "",
	} {
		if got, ok := Hostname(in); got != want || ok != (want != "") {
			t.Errorf("Hostname(%q) = %q, %v", in, got, ok)
		}
	}
}

func TestTruncate(t *testing.T) {
	for _, c := range []struct {
		in   string
		max  int
		want string
	}{
		{"abc", 3, "abc"}, {"abc", 2, "ab"}, {"abc", 0, ""}, {"é", 1, ""}, {"aé", 2, "a"}, {"aéb", 3, "aé"},
		{"🎉", 3, ""}, {"a🎉", 4, "a"}, {"\x80\x80\x80\x80\x80\x80", 5, "\x80\x80\x80\x80\x80"},
	} {
		if got := Truncate(c.in, c.max); got != c.want {
			t.Errorf("Truncate(%q, %d) = %q, want %q", c.in, c.max, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s, max := rapid.String().Draw(t, "s"), rapid.IntRange(0, 40).Draw(t, "max")
		got := Truncate(s, max)
		if len(got) > max || !strings.HasPrefix(s, got) || !utf8.ValidString(got) {
			t.Errorf("Truncate(%q, %d) = %q", s, max, got)
		}
		if len(got) < len(s) && len(got) < max-utf8.UTFMax+1 {
			t.Errorf("Truncate(%q, %d) = %q is shorter than it need be", s, max, got)
		}
	})
}
