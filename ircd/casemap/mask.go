package casemap

import (
	"strings"
	"unicode/utf8"
	"unsafe"
)

// MaxMask is the length in bytes of the longest mask.
const MaxMask = 200

// A Mask is a compiled wildcard mask: "*" stands for any text, "?" for any one
// character, and everything else for itself, up to case. A match takes time in
// proportion to the length of the text, whatever the mask. The zero Mask, and
// one longer than MaxMask, match nothing. Masks are cheap to copy.
type Mask struct{ *program }

// A program is what a mask was compiled to.
type program struct {
	text    string
	mapping Mapping
	// parts are the texts between the asterisks, folded. A mask with question
	// marks has an automaton instead, which is slower.
	parts []string
	least int // length of all parts
	// first and last are the ends of the mask, or 0 where they are wildcards or
	// not ASCII. Most masks of a list can be ruled out by them at once.
	first, last byte
	states      *automaton
}

// Compile compiles a mask.
func (m Mapping) Compile(mask string) Mask {
	k := Mask{&program{text: mask, mapping: m}}
	if len(mask) > MaxMask {
		return k
	}
	folded := string(m.Fold(mask))
	k.first, k.last = ends(folded)
	if strings.Contains(folded, "?") {
		k.states = newAutomaton(folded)
		return k
	}
	k.parts = strings.Split(folded, "*")
	for _, p := range k.parts {
		k.least += len(p)
	}
	return k
}

// ends returns the first and the last character of a folded mask, if they are
// ASCII and no wildcards.
func ends(mask string) (first, last byte) {
	literal := func(c byte) byte {
		if c == '*' || c == '?' || c >= utf8.RuneSelf {
			return 0
		}
		return c
	}
	if mask == "" {
		return 0, 0
	}
	return literal(mask[0]), literal(mask[len(mask)-1])
}

// differs reports whether the ends of s rule out that the mask matches. With
// Precis, marks and wide forms may yet become what the mask has.
func (p *program) differs(s string) bool {
	if s == "" {
		return p.first != 0 || p.last != 0
	}
	a, z := s[0], s[len(s)-1]
	if p.last != 0 && z < utf8.RuneSelf && p.mapping.lower(z) != p.last {
		return true
	}
	if p.mapping == Precis && len(s) > 1 && s[1] >= utf8.RuneSelf {
		return false
	}
	return p.first != 0 && a < utf8.RuneSelf && p.mapping.lower(a) != p.first
}

// String returns the mask as it was compiled.
func (k Mask) String() string {
	if k.program == nil {
		return ""
	}
	return k.text
}

// Match reports whether the mask matches s, which is folded for this. It does
// not allocate if s is ASCII and at most 512 bytes long, or folded already.
func (k Mask) Match(s string) bool {
	if k.program == nil || k.differs(s) {
		return false
	}
	if k.mapping.isFolded(s) {
		return k.MatchFolded(s)
	}
	var buf [512]byte
	if len(s) > len(buf) || k.mapping == Precis && !isASCII(s) {
		return k.MatchFolded(string(k.mapping.Fold(s)))
	}
	b := k.mapping.appendLower(buf[:0], s)
	// MatchFolded keeps no reference to the buffer.
	return k.MatchFolded(unsafe.String(unsafe.SliceData(b), len(b)))
}

// MatchFolded is Match for a text that was folded with the same mapping.
func (k Mask) MatchFolded(f string) bool {
	if k.program == nil {
		return false
	}
	if k.states != nil {
		return k.states.match(f)
	}
	last := len(k.parts) - 1
	if last <= 0 {
		return last == 0 && f == k.parts[0]
	}
	if len(f) < k.least || !strings.HasPrefix(f, k.parts[0]) || !strings.HasSuffix(f, k.parts[last]) {
		return false
	}
	f = f[len(k.parts[0]) : len(f)-len(k.parts[last])]
	for _, p := range k.parts[1:last] {
		i := strings.Index(f, p)
		if i < 0 {
			return false
		}
		f = f[i+len(p):]
	}
	return true
}
