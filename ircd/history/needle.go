package history

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Needles are what a record has somewhere if its entry is what is searched for. Looking for
// them is several times as fast as reading the entry.
type needles struct {
	all [][]byte // folded, and ASCII
	// wide is whether other letters than those of ASCII may fold to one of them: K, the
	// sign of kelvins, does, and an I with a dot.
	wide bool
	buf  []byte
}

// add adds something, if it can be looked for so.
func (n *needles) add(word []byte) {
	for _, c := range word {
		if c >= utf8.RuneSelf {
			return
		}
	}
	n.all = append(n.all, word)
	n.wide = n.wide || bytes.ContainsAny(word, "ik")
}

// lack reports whether one of them is certainly not in a record.
func (n *needles) lack(record string) bool {
	if len(n.all) == 0 {
		return false
	}
	n.buf = appendLower(n.buf[:0], record)
	for _, word := range n.all {
		if !bytes.Contains(n.buf, word) {
			return !n.unsure(record)
		}
	}
	return false
}

// unsure reports whether a word may be in the text though it is not in the record: in
// letters that are folded to those of ASCII, or in two lines that belong together.
func (n *needles) unsure(record string) bool {
	const (
		kelvin = "\u212a"
		dotted = "\u0130"
	)
	return strings.IndexByte(record, fieldLine) >= 0 ||
		n.wide && (strings.Contains(record, kelvin) || strings.Contains(record, dotted))
}
