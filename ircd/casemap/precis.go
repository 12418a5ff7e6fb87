package casemap

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// foldUnicode maps s as the UsernameCaseMapped profile does (RFC 8265, section
// 3.3): wide and narrow forms become ordinary ones, letters lower-case, and the
// result is in normalisation form C. Unlike the profile it refuses nothing, so
// that channel names with symbols, masks and invalid names have a key as well;
// where the profile accepts a text, both agree.
func foldUnicode(s string) string {
	// One round does for nearly every text; a second one settles the marks
	// that a mapping left in another order.
	for range 3 {
		s = norm.NFC.String(lowerUnicode(s))
		if isFoldedUnicode(s) {
			break
		}
	}
	return s
}

func lowerUnicode(s string) string {
	var b strings.Builder
	b.Grow(len(s) + utf8.UTFMax)
	for _, r := range s {
		if r = foldRune(r); r == 'İ' {
			b.WriteString("i\u0307") // the one letter whose lower case is two characters
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// foldRune folds one character; İ, which becomes two, stays.
func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}
	if f := width.LookupRune(r).Folded(); f != 0 {
		r = f
	}
	if r == 'İ' {
		return r
	}
	return unicode.ToLower(r)
}

// isFoldedUnicode reports whether foldUnicode would leave s as it is. It does
// not allocate but for combining marks, which need a closer look.
func isFoldedUnicode(s string) bool {
	for i, r := range s {
		if r != foldRune(r) || r == 'İ' {
			return false
		}
		if r == utf8.RuneError && !utf8.ValidString(s[i:min(len(s), i+3)]) {
			return false
		}
	}
	return norm.NFC.QuickSpanString(s) == len(s) || norm.NFC.IsNormalString(s)
}
