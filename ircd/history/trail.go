package history

import (
	"encoding/binary"

	"github.com/parley-irc/parley/ircd/event"
)

// appendTrail appends the fields of a message that was edited: since when it has its
// text, and the texts before.
func appendTrail(b []byte, m *event.MessageSent) []byte {
	if m.Edited.IsZero() {
		return b
	}
	b = appendField(b, fieldEdited, string(appendStamp(nil, m.Edited)))
	for _, v := range m.Trail {
		p := appendField(appendStamp(nil, v.At), fieldText, v.Text)
		b = appendField(b, fieldWording, string(appendLines(p, v.Lines)))
	}
	return b
}

func appendLines(b []byte, lines []event.Line) []byte {
	for _, l := range lines {
		var concat byte
		if l.Concat {
			concat = 1
		}
		b = append(b, fieldLine)
		b = binary.AppendUvarint(b, uint64(1+len(l.Text)))
		b = append(append(b, concat), l.Text...)
	}
	return b
}

// cutStamp is the reverse of appendStamp.
func cutStamp(s string) (at event.Stamp, rest string, ok bool) {
	if len(s) < 9 || len(s) < 9+int(s[8]) {
		return at, s, false
	}
	end := 9 + int(s[8])
	return event.Stamp{Ticks: ticks(s[:8]), Server: s[9:end]}, s[end:], true
}

// parseWording reads a text that a message has had.
func parseWording(s string) (v event.Wording, ok bool) {
	at, rest, ok := cutStamp(s)
	if !ok {
		return v, false
	}
	var m event.MessageSent
	for rest != "" {
		field, value, next, ok := nextField(rest)
		if !ok || !setField(&m, field, value) {
			return v, false
		}
		rest = next
	}
	return event.Wording{At: at, Text: m.Text, Lines: m.Lines}, true
}
