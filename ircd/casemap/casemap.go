// Package casemap says which nicks and channel names are valid, when two
// spellings are the same name, when two names look alike, and which names a
// wildcard mask matches.
//
// A server has one Mapping for its whole life; every comparison of names goes
// through it. Its result is a type of its own, Folded, so that a table keyed by
// it cannot be searched with a name as a client wrote it: forgetting to fold
// is how impostors and duplicate channels come about, and here it does not
// compile. For the same reason no other package changes the case of a text.
package casemap

import (
	"fmt"
	"unicode/utf8"
)

// A Folded name is the key of a name: two names are the same if their keys are.
// Only the methods of a Mapping make one.
type Folded string

// A Mapping is a rule for the equality of names, announced by the CASEMAPPING
// token: https://modern.ircdocs.horse/#casemapping-parameter
type Mapping uint8

// The mappings.
const (
	// ASCII holds A-Z and a-z to be equal. Nicks are ASCII.
	ASCII Mapping = iota
	// RFC1459 adds the pairs [] and {}, \ and |, ~ and ^. Nicks are ASCII.
	RFC1459
	// Precis compares as the UsernameCaseMapped profile of RFC 8265 does. Nicks
	// may be written in any script.
	Precis
)

var names = [...]string{ASCII: "ascii", RFC1459: "rfc1459", Precis: "precis"}

// ParseMapping returns the mapping called s.
func ParseMapping(s string) (Mapping, error) {
	for m, name := range names {
		if s == name {
			return Mapping(m), nil
		}
	}
	return ASCII, fmt.Errorf("no casemapping is called %q: choose ascii, rfc1459 or precis", s)
}

// String returns the value of the CASEMAPPING token.
func (m Mapping) String() string { return names[m] }

// Fold returns the key of a nick or channel name. It accepts any text: for one
// that is not a valid name the key is of no meaning, but always the same. A
// text that is its own key is returned as it is, without an allocation.
func (m Mapping) Fold(name string) Folded {
	if m.isFolded(name) {
		return Folded(name)
	}
	if m == Precis && !isASCII(name) {
		return Folded(foldUnicode(name))
	}
	var buf [64]byte
	return Folded(m.appendLower(buf[:0], name))
}

// Equal reports whether a and b are the same name. It does not allocate if they
// are ASCII.
func (m Mapping) Equal(a, b string) bool {
	if m == Precis && !(isASCII(a) && isASCII(b)) {
		return m.Fold(a) == m.Fold(b)
	}
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if a[i] != b[i] && m.lower(a[i]) != m.lower(b[i]) {
			return false
		}
	}
	return true
}

// appendLower appends s to b with its ASCII characters folded.
func (m Mapping) appendLower(b []byte, s string) []byte {
	for i := range len(s) {
		b = append(b, m.lower(s[i]))
	}
	return b
}

// lower folds one ASCII character; other bytes stay.
func (m Mapping) lower(c byte) byte {
	switch {
	case 'A' <= c && c <= 'Z':
		return c | 0x20
	case m != RFC1459:
		return c
	case '[' <= c && c <= ']':
		return c | 0x20
	case c == '~':
		return '^'
	}
	return c
}

// isFolded reports whether s is certainly its own key: for texts with DEL it may
// say no. Masks ask this of every text they are matched with, so it looks at
// eight bytes at a time.
func (m Mapping) isFolded(s string) bool {
	var upper, wide uint64
	if len(s) < 8 {
		var x uint64
		for i := range len(s) {
			x = x<<8 | uint64(s[i])
		}
		upper, wide = m.capitals(x)
	} else {
		for i := 0; ; i += 8 {
			i = min(i, len(s)-8) // the last eight may overlap with those before
			u, w := m.capitals(word(s, i))
			upper, wide = upper|u, wide|w
			if i == len(s)-8 {
				break
			}
		}
	}
	return upper == 0 && (wide == 0 || m != Precis || isFoldedUnicode(s))
}

// word returns eight bytes of s as a number, which is a single instruction.
func word(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// capitals sets the high bit of those of the eight bytes in x that are ASCII
// characters to be folded, and of those that are not ASCII.
func (m Mapping) capitals(x uint64) (upper, wide uint64) {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	// Without their high bits, a sum of bytes carries nothing to the next byte,
	// and gets a high bit where the byte is at least as great as the bound.
	low := x &^ high
	fromA := low + (0x80-'A')*ones
	if m == RFC1459 {
		upper = fromA&^(low+(0x80-']'-1)*ones) | (low + (0x80-'~')*ones)
	} else {
		upper = fromA &^ (low + (0x80-'Z'-1)*ones)
	}
	return upper & high &^ x, x & high
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
