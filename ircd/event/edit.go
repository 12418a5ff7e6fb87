package event

import "slices"

// A Wording is a text that a message has had.
type Wording struct {
	// At is when it was said: the stamp of the message, or of an edit.
	At    Stamp
	Text  string
	Lines []Line `cbor:",omitempty"`
}

// maxTrail is how many earlier texts of a message are kept: the first, and of the
// others those that were said last.
const maxTrail = 8

// Edit returns the message, which was said first at said, with another text. What it
// replaces goes to the trail. An edit that is older than the text there is goes to the
// trail itself, and current is false: so whatever order servers hear of edits in,
// they come to the same.
func (m MessageSent) Edit(said Stamp, v Wording) (edited MessageSent, current bool) {
	now := Wording{At: m.Edited, Text: m.Text, Lines: m.Lines}
	if now.At.IsZero() {
		now.At = said
	}
	all := append(slices.Clone(m.Trail), now, v)
	slices.SortFunc(all, func(a, b Wording) int {
		switch {
		case a.At == b.At:
			return 0
		case a.At.After(b.At):
			return 1
		}
		return -1
	})
	all = slices.CompactFunc(all, func(a, b Wording) bool { return a.At == b.At })
	last := all[len(all)-1]
	m.Trail = all[:len(all)-1]
	if more := len(m.Trail) - maxTrail; more > 0 {
		m.Trail = slices.Delete(m.Trail, 1, 1+more)
	}
	m.Edited, m.Text, m.Lines = last.At, last.Text, last.Lines
	return m, last.At == v.At
}
