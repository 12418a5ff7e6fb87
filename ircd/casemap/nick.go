package casemap

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/secure/bidirule"
	"golang.org/x/text/secure/precis"
	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"
)

// username is precis.UsernameCaseMapped without its rule for texts that run from
// right to left, which RFC 8265 wants for those texts only: applied to all, it
// would refuse an underscore at the end of a Cyrillic nick.
var username = precis.NewIdentifier(precis.FoldWidth, precis.LowerCase(), precis.Norm(norm.NFC))

// ValidNick reports whether nick may be used as a nick of at most max bytes.
//
// Its ASCII characters are those of RFC 2812 (letters, digits and []\`_^{|}-),
// and it does not begin with a digit or a hyphen. With the Precis mapping it
// may hold other characters, if
//
//   - the UsernameCaseMapped profile (RFC 8265) accepts it, which also excludes
//     symbols, private use and unassigned code points and mixed directions;
//   - nothing in it is invisible, it does not begin with a combining mark, and
//     marks are not stacked;
//   - it is written in a single script (see MixedScript) or is the disguise of a
//     name in a single script, that is, has a Skeleton in a single script.
//
// A disguise is not refused here because the owner of the name it looks like
// may use it. Whoever gives out nicks must refuse MixedScript nicks to others.
func (m Mapping) ValidNick(nick string, max int) bool {
	if nick == "" || len(nick) > max {
		return false
	}
	if isASCII(nick) {
		return validNickASCII(nick)
	}
	return m == Precis && validNickUnicode(nick)
}

func validNickASCII(nick string) bool {
	for i := range len(nick) {
		if !nickByte(nick[i]) {
			return false
		}
	}
	return nick[0] != '-' && !isDigit(nick[0])
}

func validNickUnicode(nick string) bool {
	if !utf8.ValidString(nick) || !legible(nick) {
		return false
	}
	folded, err := username.String(nick)
	if err != nil || folded == "" {
		return false
	}
	if bidirule.DirectionString(folded) == bidi.RightToLeft && !bidirule.ValidString(folded) {
		return false
	}
	for _, r := range nick + folded { // a wide exclamation mark folds to "!"
		if r < utf8.RuneSelf && !nickByte(byte(r)) || ignorable(r) {
			return false
		}
	}
	first, _ := utf8.DecodeRuneInString(folded)
	if first == '-' || unicode.IsDigit(first) {
		return false
	}
	return !MixedScript(folded) || !MixedScript(string(Precis.Skeleton(folded)))
}

func nickByte(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', isDigit(c), c == '-':
		return true
	case '[' <= c && c <= '`', '{' <= c && c <= '}':
		return true
	}
	return false
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
