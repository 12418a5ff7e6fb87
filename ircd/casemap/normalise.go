package casemap

import (
	"strings"
	"unicode/utf8"
)

// NormaliseMask completes a mask to the form nick!user@host, with asterisks for
// what is missing and for several asterisks in a row:
//
//	nick            nick!*@*
//	nick!user       nick!user@*
//	user@host       *!user@host
//	host.example    *!*@host.example
//	2001:db8::*     *!*@2001:db8::*
//
// A word with a dot or a colon is a host since no nick has them. The case of
// letters is kept. The result is "" if s cannot be a mask: if it is empty or, in
// the complete form, longer than MaxMask, not UTF-8, has spaces or control
// characters, or begins with a colon, which no middle parameter does.
func NormaliseMask(s string) string {
	if s == "" || len(s) > MaxMask || !utf8.ValidString(s) {
		return ""
	}
	for _, r := range s {
		if r <= ' ' || 0x7F <= r && r < 0xA0 || r >= 0xA0 && !legible(string(r)) {
			return ""
		}
	}
	nick, user, host := splitMask(s)
	mask := collapse(orStar(nick) + "!" + orStar(user) + "@" + orStar(host))
	if len(mask) > MaxMask || mask[0] == ':' {
		return ""
	}
	return mask
}

func splitMask(s string) (nick, user, host string) {
	nick, rest, hasUser := strings.Cut(s, "!")
	if hasUser {
		i := strings.LastIndexByte(rest, '@')
		if i < 0 {
			return nick, rest, ""
		}
		return nick, rest[:i], rest[i+1:]
	}
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		return "", s[:i], s[i+1:]
	}
	if strings.ContainsAny(s, ".:") {
		return "", "", s
	}
	return s, "", ""
}

func orStar(s string) string {
	if s == "" {
		return "*"
	}
	return s
}

func collapse(s string) string {
	for strings.Contains(s, "**") {
		s = strings.ReplaceAll(s, "**", "*")
	}
	return s
}
