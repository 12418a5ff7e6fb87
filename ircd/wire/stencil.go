package wire

import (
	"github.com/parley-irc/parley/ircd/lang"
)

// A Stencil is a line of a server that is the same for all who read it but for its first
// parameter, their nick. It is made once; filling it in needs no formatting.
type Stencil struct{ before, after string }

// NewStencil returns the stencil of m in the language of a catalogue. The first
// parameter of m is replaced, and must not be all it has; its tags are left out.
func NewStencil(m *Message, c *lang.Catalogue) Stencil {
	n := *m
	n.Tags, n.Params = nil, append([]string{"*"}, m.Params[1:]...)
	before := (&Message{Source: n.Source, Command: n.Command}).Append(nil, 0)
	line := n.AppendIn(nil, 0, c)
	start := len(before) - len("\r\n") + len(" ")
	return Stencil{string(line[:start]), string(line[start+len("*") : len(line)-len("\r\n")])}
}

// Append appends the line for the client of this nick.
func (s Stencil) Append(b []byte, nick string) []byte {
	start := len(b)
	b = appendWord(append(b, s.before...), nick)
	b = append(b, s.after...)
	if len(b)-start > MaxBody-2 {
		b = cut(b, start+MaxBody-2)
	}
	return append(b, '\r', '\n')
}
