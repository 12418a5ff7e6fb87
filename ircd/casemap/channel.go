package casemap

import (
	"strings"
	"unicode/utf8"
)

// IsChannel reports whether name is meant as the name of a channel, as opposed
// to a nick: whether it begins with "#". It need not be valid.
func IsChannel(name string) bool { return name != "" && name[0] == '#' }

// ValidChannel reports whether name may be used as the name of a channel of at
// most max bytes: "#" and at least one more character, in valid UTF-8.
//
// Spaces, commas, control characters and whatever else is invisible or not
// assigned are refused with every mapping, and so are the wildcards, which
// would make a name ambiguous where masks are accepted. Emoji may be composed
// with their invisible selectors and joiners.
//
// With the Precis mapping symbols and punctuation stay allowed, although the
// profile for usernames excludes them: they are folded by the same mapping, and
// the result must be valid, too. Each word of the name, that is, each run of
// letters, marks and digits, must be written in a single script: #русский-linux
// is a name, but #pаypal with a Cyrillic letter is not.
func (m Mapping) ValidChannel(name string, max int) bool {
	if len(name) > max || !validChannel(name) {
		return false
	}
	if m != Precis || isASCII(name) {
		return true
	}
	folded := string(m.Fold(name))
	return validChannel(folded) && !mixedWord(folded)
}

func validChannel(name string) bool {
	if !IsChannel(name) || len(name) < 2 {
		return false
	}
	for i := range len(name) {
		if c := name[i]; c <= ' ' || c == 0x7F || c == ',' || c == '*' || c == '?' {
			return false
		}
	}
	return isASCII(name) || utf8.ValidString(name) && legible(name[1:])
}

// mixedWord reports whether a word of the name mixes scripts.
func mixedWord(name string) bool {
	for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return !wordRune(r) }) {
		if MixedScript(word) {
			return true
		}
	}
	return false
}
