package casemap

import (
	"unicode/utf8"
)

// An automaton matches a mask with question marks. Backtracking takes a time in
// proportion to the text multiplied by the mask; here all positions in the mask
// that the text read so far may have led to are the bits of a set, which one
// character moves on with a few operations for each 64 positions.
type automaton struct {
	words int // how many words of a set are in use
	final int // the position behind the mask
	stay  set // positions at an asterisk, where any character is read
	ascii [utf8.RuneSelf]uint8
	other map[rune]uint8
	read  []set // by class of character: positions that are reached by reading one
}

const setWords = (MaxMask + 1 + 63) / 64

type set [setWords]uint64

func (s *set) add(position int) { s[position/64] |= 1 << (position % 64) }

func (s *set) has(position int) bool { return s[position/64]&(1<<(position%64)) != 0 }

// newAutomaton makes the automaton of a folded mask of at most MaxMask bytes.
func newAutomaton(mask string) *automaton {
	a := &automaton{other: map[rune]uint8{}, read: make([]set, 1)}
	var any set
	for _, r := range mask {
		if a.final >= MaxMask {
			break
		}
		switch r {
		case '*':
			a.stay.add(a.final)
			continue
		case '?':
			any.add(a.final + 1)
		default:
			a.read[a.newClass(r)].add(a.final + 1)
		}
		a.final++
	}
	for i := range a.read {
		for w := range any {
			a.read[i][w] |= any[w]
		}
	}
	a.words = a.final/64 + 1
	return a
}

// class returns the class of r; it is 0 for those the mask does not mention.
func (a *automaton) class(r rune) uint8 {
	if uint32(r) < utf8.RuneSelf {
		return a.ascii[r]
	}
	return a.other[r]
}

func (a *automaton) newClass(r rune) uint8 {
	if c := a.class(r); c != 0 {
		return c
	}
	c := uint8(len(a.read))
	a.read = append(a.read, set{})
	if r < utf8.RuneSelf {
		a.ascii[r] = c
	} else {
		a.other[r] = c
	}
	return c
}

func (a *automaton) match(s string) bool {
	var at set
	at.add(0)
	for _, r := range s {
		read := &a.read[a.class(r)]
		carry, alive := uint64(0), uint64(0)
		for w := range a.words {
			here := at[w]
			at[w] = (here<<1|carry)&read[w] | here&a.stay[w]
			carry = here >> 63
			alive |= at[w]
		}
		if alive == 0 {
			return false
		}
	}
	return at.has(a.final)
}
