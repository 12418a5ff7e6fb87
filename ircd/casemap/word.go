package casemap

import (
	"strings"
	"unicode/utf8"
)

// A Word finds a text, up to case, anywhere in another text. A question mark in
// it stands for any one character.
type Word struct {
	mapping Mapping
	runes   []rune
}

// Word compiles a word of at most MaxMask bytes; what is behind is ignored.
func (m Mapping) Word(s string) Word {
	return Word{m, []rune(string(m.Fold(Truncate(s, MaxMask))))}
}

// Censor returns text with an asterisk for every character of each place where
// the word is found, and whether there was any. It takes time in proportion to
// the length of the text multiplied by that of the word.
func (w Word) Censor(text string) (string, bool) {
	if len(w.runes) == 0 {
		return text, false
	}
	var b strings.Builder
	for rest := text; rest != ""; {
		n := w.prefix(rest)
		if n > 0 {
			b.WriteString(strings.Repeat("*", len(w.runes)))
		} else {
			_, n = utf8.DecodeRuneInString(rest)
			b.WriteString(rest[:n])
		}
		rest = rest[n:]
	}
	// An asterisk may have replaced an asterisk, which changes nothing.
	return b.String(), b.String() != text
}

// prefix returns how many bytes at the beginning of s the word matches, or 0.
func (w Word) prefix(s string) int {
	n := 0
	for rest := w.runes; len(rest) > 0; {
		r, size := utf8.DecodeRuneInString(s[n:])
		switch want := rest[0]; {
		case size == 0:
			return 0
		case want == '?', w.mapping.foldRune(r) == want:
			rest = rest[1:]
		case r == 'İ' && w.mapping == Precis && len(rest) > 1 && string(rest[:2]) == foldedDotted:
			rest = rest[2:]
		default:
			return 0
		}
		n += size
	}
	return n
}

// foldedDotted is the one letter that becomes two when it is folded.
const foldedDotted = "i\u0307"

// foldRune folds one character.
func (m Mapping) foldRune(r rune) rune {
	if m == Precis {
		return foldRune(r)
	}
	if r >= utf8.RuneSelf {
		return r
	}
	return rune(m.lower(byte(r)))
}
