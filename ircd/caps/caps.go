// Package caps is the table of the IRCv3 capabilities that Parley knows, sets
// of them, and what one server offers.
//
// The table is data: what a capability changes is decided where the lines are
// made (a wire.Form) or where the request is handled. A Set is one word, so
// that the question "which kind of client is this?" costs one instruction for
// each of a channel's thousand members.
package caps

import (
	"iter"
	"math/bits"
	"strings"
)

// A Cap is one capability: an index into the table.
type Cap uint8

// A Set is a set of capabilities. The zero Set is empty.
type Set uint64

// Of returns the set of the given capabilities.
func Of(caps ...Cap) (s Set) {
	for _, c := range caps {
		s |= 1 << c
	}
	return s
}

// Has reports whether s contains c.
func (s Set) Has(c Cap) bool { return s&(1<<c) != 0 }

// HasAll reports whether s contains every capability of t.
func (s Set) HasAll(t Set) bool { return s&t == t }

// HasAny reports whether s contains a capability of t.
func (s Set) HasAny(t Set) bool { return s&t != 0 }

// With returns s and c.
func (s Set) With(c Cap) Set { return s | 1<<c }

// Without returns s without c.
func (s Set) Without(c Cap) Set { return s &^ (1 << c) }

// Each yields the capabilities of s in the order of the table.
func (s Set) Each() iter.Seq[Cap] {
	return func(yield func(Cap) bool) {
		for ; s != 0; s &= s - 1 {
			if !yield(Cap(bits.TrailingZeros64(uint64(s)))) {
				return
			}
		}
	}
}

// Lines returns the names of the capabilities in s as the last parameters of
// CAP LIST, each at most max bytes. It returns at least one.
func (s Set) Lines(max int) []string { return Wrap(s.names(), max) }

// String returns the names in s, separated by spaces.
func (s Set) String() string { return strings.Join(s.names(), " ") }

func (s Set) names() []string {
	names := make([]string, 0, bits.OnesCount64(uint64(s)))
	for c := range s.Each() {
		names = append(names, c.String())
	}
	return names
}

// String returns the name by which clients request c.
func (c Cap) String() string {
	if int(c) < len(table) {
		return table[c].Name
	}
	return "unknown"
}

// Needs returns the capabilities without which c has no effect. A client may
// request them in any order, or not at all.
func (c Cap) Needs() Set { return table[c].Needs }

// ByName returns the capability of that name. Names are case-sensitive.
func ByName(name string) (Cap, bool) {
	for i := range table {
		if table[i].Name == name {
			return Cap(i), true
		}
	}
	return 0, false
}

// All returns a copy of the table, one row per capability, in the order of
// their numbers.
func All() []Row { return append([]Row(nil), table[:]...) }

// Wrap joins words by spaces into lines of at most max bytes. A longer word has
// a line to itself. Without words, the result is one empty line.
func Wrap(words []string, max int) []string {
	lines := []string{""}
	for _, w := range words {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = w
		case len(*last)+1+len(w) <= max:
			*last += " " + w
		default:
			lines = append(lines, w)
		}
	}
	return lines
}
