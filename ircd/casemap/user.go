package casemap

import (
	"strings"
	"unicode/utf8"
)

// MaxHost is the length in bytes of the longest host name that is shown. Longer
// ones, which only machine-made DNS records have, are not worth the space they
// would take from every line of their user.
const MaxHost = 63

// Username returns what a client sent in USER without the characters that would
// change the meaning of nick!username@host, cut to max bytes. It is "" if
// nothing usable remains. A leading tilde is removed, since it is the server
// that marks with it those names which no ident service confirmed.
func Username(s string, max int) string {
	s = strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && (nickByte(byte(r)) || r == '.' || r == '+') {
			return r
		}
		return -1
	}, s)
	return s[:min(len(s), max)]
}

// Hostname checks a name or address for a user's host that comes from outside,
// such as a gateway, and returns it as it is shown. It holds letters, digits
// and - . : / _ only, is at most MaxHost bytes long, and begins and ends with a
// letter or digit; an IPv6 address that begins with a colon gets a zero before
// it, which says the same but can be sent as a parameter.
func Hostname(s string) (string, bool) {
	if strings.HasPrefix(s, "::") {
		s = "0" + s
	}
	s = strings.TrimSuffix(s, ".")
	if s == "" || len(s) > MaxHost || strings.Contains(s, "..") {
		return "", false
	}
	for i := range len(s) {
		if c := s[i]; !isAlnum(c) && strings.IndexByte("-.:/_", c) < 0 {
			return "", false
		}
	}
	last := s[len(s)-1]
	if !isAlnum(s[0]) || !isAlnum(last) && !strings.HasSuffix(s, "::") {
		return "", false
	}
	return s, true
}

func isAlnum(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || isDigit(c)
}

// Truncate returns the beginning of s, of at most max bytes. It does not split a
// UTF-8 character.
func Truncate(s string, max int) string {
	if len(s) <= max {
		return s
	}
	end := max
	for end > 0 && max-end < utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	if !utf8.RuneStart(s[end]) {
		end = max // not UTF-8, so there is no character to split
	}
	return s[:end]
}
