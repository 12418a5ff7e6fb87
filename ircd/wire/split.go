package wire

import (
	"strings"
	"unicode/utf8"
)

// Split cuts text into pieces of at most max bytes, which is more than 0. Put
// together the pieces are text again; none but that of an empty text is empty. A
// piece ends behind a space if one is near, so that it can be read by itself, and
// never inside a UTF-8 character.
// https://ircv3.net/specs/extensions/multiline#splitting-long-lines
func Split(text string, max int) (pieces []string) {
	for len(text) > max {
		n := breakAt(text, max)
		pieces = append(pieces, text[:n])
		text = text[n:]
	}
	return append(pieces, text)
}

func breakAt(text string, max int) int {
	if i := strings.LastIndexByte(text[:max], ' '); i >= max/2 {
		return i + 1
	}
	for i := max; i > 0 && i > max-utf8.UTFMax; i-- {
		if utf8.RuneStart(text[i]) {
			return i
		}
	}
	return max // not UTF-8
}

// Room returns how many bytes the last parameter of a message may have, if the
// others are as given, so that it is not cut.
func Room(source, command string, params ...string) int {
	n := MaxBody - len(":  :\r\n") - len(source) - len(command)
	for _, p := range params {
		n -= len(" ") + len(p)
	}
	return n
}
