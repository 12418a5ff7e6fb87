// Package modes lists the channel and user modes, and reads the arguments of
// MODE.
//
// A mode is one row. ISUPPORT, RPL_MYINFO, HELP, the reference and the parsing
// of MODE are made from the rows; what a channel mode permits or forbids is in
// state/permissions.go.
package modes

import (
	"strings"

	"github.com/parley-irc/parley/ircd/lang"
)

// A Kind is the class of a channel mode: when it takes a parameter. The letters
// are those of the CHANMODES token.
// https://modern.ircdocs.horse/#chanmodes-parameter
type Kind byte

const (
	List   Kind = 'A' // adds or removes a mask; without one, lists them
	Key    Kind = 'B' // always takes a parameter
	Param  Kind = 'C' // takes a parameter when set
	Flag   Kind = 'D' // never takes a parameter
	Status Kind = 'P' // a member's status, listed in PREFIX
)

// A Mode is one mode.
type Mode struct {
	Letter byte
	Name   string
	Kind   Kind
	Prefix byte      // of a Status mode
	Syntax string    // of the parameter
	Help   lang.Text // what it does, when it is set
	// Default is the parameter when none is given; "" means that one is required.
	Default string
	// Oper means that only operators may change it.
	Oper bool
	// Fixed means that only the server changes it.
	Fixed bool
	// Parse checks and normalises the parameter; nil accepts it as it is.
	Parse func(param string) (string, bool)
}

// A Set is a set of modes without parameters, by letter.
type Set uint64

func bit(letter byte) Set {
	switch {
	case 'a' <= letter && letter <= 'z':
		return 1 << (letter - 'a')
	case 'A' <= letter && letter <= 'Z':
		return 1 << (26 + letter - 'A')
	}
	return 0
}

// Of returns the set of the modes with the given letters.
func Of(letters string) (s Set) {
	for i := range len(letters) {
		s |= bit(letters[i])
	}
	return s
}

// Has reports whether s has the mode of this letter.
func (s Set) Has(letter byte) bool { return s&bit(letter) != 0 }

// With returns s with the mode of this letter set or, if on is false, unset.
func (s Set) With(letter byte, on bool) Set {
	if on {
		return s | bit(letter)
	}
	return s &^ bit(letter)
}

// String returns the letters of s in alphabetical order, small ones first.
func (s Set) String() string {
	var b strings.Builder
	for i := range 52 {
		if s&(1<<i) == 0 {
			continue
		}
		if i < 26 {
			b.WriteByte('a' + byte(i))
		} else {
			b.WriteByte('A' + byte(i-26))
		}
	}
	return b.String()
}

// A Table is the modes of channels, or those of users.
type Table struct {
	Rows []*Mode // status modes are ordered from the highest
	by   [128]*Mode
}

func newTable(rows ...Mode) *Table {
	t := &Table{}
	for i := range rows {
		m := &rows[i]
		if t.by[m.Letter] != nil {
			panic("mode declared twice: " + string(m.Letter))
		}
		t.Rows, t.by[m.Letter] = append(t.Rows, m), m
	}
	return t
}

// Without returns the table without the modes of these letters, for a server
// that does not offer them.
func (t *Table) Without(letters string) *Table {
	r := &Table{}
	for _, m := range t.Rows {
		if strings.IndexByte(letters, m.Letter) < 0 {
			r.Rows, r.by[m.Letter] = append(r.Rows, m), m
		}
	}
	return r
}

// ByLetter returns the mode with the given letter, or nil.
func (t *Table) ByLetter(letter byte) *Mode {
	if letter < 128 {
		return t.by[letter]
	}
	return nil
}

// Letters returns the letters of the modes of the given kinds, or of all.
func (t *Table) Letters(kinds ...Kind) string {
	var all Set
	for _, m := range t.Rows {
		for _, k := range kinds {
			if m.Kind == k {
				all |= bit(m.Letter)
			}
		}
		if len(kinds) == 0 {
			all |= bit(m.Letter)
		}
	}
	return all.String()
}

// Chanmodes returns the value of the CHANMODES token.
func (t *Table) Chanmodes() string {
	return t.Letters(List) + "," + t.Letters(Key) + "," + t.Letters(Param) + "," + t.Letters(Flag)
}

// Statuses returns the letters and the prefixes of the status modes, from the
// highest, as in "qaohv" and "~&@%+".
func (t *Table) Statuses() (letters, prefixes string) {
	for _, m := range t.Rows {
		if m.Kind == Status {
			letters += string(m.Letter)
			prefixes += string(m.Prefix)
		}
	}
	return letters, prefixes
}

// Prefixes returns the prefixes of the statuses in s, from the highest.
func (t *Table) Prefixes(s Set) string {
	var b [8]byte
	p := b[:0]
	for _, m := range t.Rows {
		if m.Kind == Status && s.Has(m.Letter) {
			p = append(p, m.Prefix)
		}
	}
	return string(p)
}

// ByPrefix returns the status mode with this prefix, or nil.
func (t *Table) ByPrefix(prefix byte) *Mode {
	for _, m := range t.Rows {
		if m.Kind == Status && m.Prefix == prefix {
			return m
		}
	}
	return nil
}
