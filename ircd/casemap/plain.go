package casemap

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ergochat/confusables"
	"golang.org/x/text/unicode/norm"
)

// Plain returns text in the characters of a plain keyboard, as far as its own look
// like them: letters of other scripts, wide and ornamental ones become those of ASCII,
// accents and what cannot be seen go. What looks like nothing of ASCII stays. So a
// pattern that was written for a text fits it in its disguises, too.
//
// Unlike in a Skeleton, what is ASCII already stays as it is. Text that is all ASCII is
// returned without an allocation.
func Plain(text string) string {
	if isASCII(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	for _, r := range norm.NFKD.String(text) {
		switch {
		case r < utf8.RuneSelf:
			b.WriteByte(byte(r))
		case unicode.Is(unicode.Mn, r), ignorable(r):
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		default:
			b.WriteString(plainRune(r))
		}
	}
	return b.String()
}

// plainRune returns what a character looks like in ASCII, or the character.
func plainRune(r rune) string {
	if s := confusables.SkeletonTweaked(string(r)); s != "" && isASCII(s) {
		return s
	}
	return string(r)
}
