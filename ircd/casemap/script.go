package casemap

import (
	"slices"
	"unicode"
)

// together are the sets of scripts that are one writing system (Unicode
// Technical Standard 39, section 5.1).
var together = [][]string{
	{"Han", "Hiragana", "Katakana"},
	{"Han", "Hangul"},
	{"Han", "Bopomofo"},
}

// likely are the scripts of most names, which are tried first.
var likely = []string{"Latin", "Cyrillic", "Greek", "Han", "Hiragana", "Katakana", "Hangul", "Arabic", "Hebrew"}

// MixedScript reports whether name mixes letters of different writing systems,
// as "pаypal" does with a Cyrillic letter. Digits, punctuation and marks belong
// to every script.
func MixedScript(name string) bool {
	if isASCII(name) {
		return false
	}
	var found []string
	for _, r := range name {
		if s := script(r, found); s != "" && !slices.Contains(found, s) {
			found = append(found, s)
		}
	}
	if len(found) < 2 {
		return false
	}
	return !slices.ContainsFunc(together, func(system []string) bool {
		return !slices.ContainsFunc(found, func(s string) bool { return !slices.Contains(system, s) })
	})
}

// script returns the name of the script of r, or "" if it belongs to all. It
// tries those of the characters before first.
func script(r rune, before []string) string {
	if unicode.In(r, unicode.Common, unicode.Inherited) {
		return ""
	}
	for _, list := range [][]string{before, likely} {
		for _, s := range list {
			if unicode.Is(unicode.Scripts[s], r) {
				return s
			}
		}
	}
	for s, table := range unicode.Scripts {
		if unicode.Is(table, r) {
			return s
		}
	}
	return "Unknown"
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) }

// maxMarks is how many combining marks may follow each other: real languages
// need no more (Unicode Technical Standard 39, section 5.4), and what is higher
// is drawn over the lines around it.
const maxMarks = 4

// legible reports whether everything in the text s can be seen: it holds only
// assigned characters with a shape, no spaces, and no marks but on a character.
func legible(s string) bool {
	before, marks := rune(0), maxMarks
	for _, r := range s {
		switch {
		case emojiPart(before, r):
		case ignorable(r), unicode.IsSpace(r), !unicode.IsGraphic(r):
			return false
		case unicode.IsMark(r):
			if marks++; before == 0 || marks > maxMarks {
				return false
			}
		default:
			marks = 0
		}
		before = r
	}
	return true
}

const (
	joiner        = '\u200D'
	emojiSelector = '\uFE0F'
)

// emojiPart reports whether r is an invisible character which composes an emoji
// with the character before it.
func emojiPart(before, r rune) bool {
	if r != joiner && r != emojiSelector {
		return false
	}
	return unicode.In(before, unicode.So, unicode.Sk) || r == joiner && before == emojiSelector
}

// ignorable reports whether r is drawn as nothing: whether it has the property
// Default_Ignorable_Code_Point, or directs or annotates the text.
func ignorable(r rune) bool {
	return r >= 0xAD && unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}
