package history

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/parley-irc/parley/ircd/event"
)

// An entry is an event as bytes:
//
//	1 byte   version, 1, times 16, plus the kind
//	8 bytes  ticks of the stamp, big-endian
//	1 byte   length of the server's identifier, which follows
//
// and then fields that are not empty, each a byte that says which, a length as
// uvarint, and a value. Fields of a newer version are skipped when read, and
// kept when entries are copied into blocks.
const (
	entryVersion = 1

	kindText  = 1 // MessageSent
	kindTag   = 2 // MessageSent with TAGMSG
	kindOther = 3 // the body as package event encodes it
)

// The fields. Numbers must not be used again for anything else.
const (
	fieldUID     = 1
	fieldSource  = 2
	fieldAccount = 3
	fieldOper    = 4
	fieldFlags   = 5
	fieldCommand = 6 // absent if PRIVMSG, or TAGMSG
	fieldTarget  = 7
	fieldTo      = 8
	fieldStatus  = 9
	fieldText    = 10
	fieldTag     = 11 // as often as needed: length of the key as uvarint, key, value
	fieldShown   = 12
	fieldBody    = 13
	fieldLine    = 14 // as often as needed: 1 if it continues the line before, else 0; text
	fieldRelayer = 15
	fieldEdited  = 16 // stamp
	fieldWording = 17 // as often as needed: stamp, then fieldText or fieldLine
	fieldGone    = 18 // of a Redacted: the msgid
)

// The bits of fieldFlags.
const (
	flagBot     = 1
	flagOpsOnly = 2
)

var (
	errEntry = errors.New("an entry of the history does not read")
	errEmpty = errors.New("an event without a body cannot be kept")
)

// appendEntry appends the entry of an event.
func appendEntry(b []byte, e *event.Event) ([]byte, error) {
	if len(e.Server) > 255 {
		return nil, fmt.Errorf("%w: its server is too long", errEntry)
	}
	m, isMessage := e.Body.(event.MessageSent)
	kind := byte(kindOther)
	if isMessage {
		kind = byte(kindOf(e.Body)) // the numbers are the same
	}
	b = append(b, entryVersion<<4|kind)
	b = binary.BigEndian.AppendUint64(b, e.Ticks)
	b = append(append(b, byte(len(e.Server))), e.Server...)
	b = appendField(b, fieldUID, e.UID)
	b = appendField(b, fieldSource, e.Source)
	b = appendField(b, fieldAccount, e.Account)
	b = appendField(b, fieldOper, e.Oper)
	b = appendFlags(b, e.Bot, m.OpsOnly)
	if isMessage {
		return appendMessage(b, &m), nil
	}
	if e.Body == nil {
		return nil, errEmpty
	}
	body, err := event.Encode(&event.Event{Body: e.Body})
	if err != nil {
		return nil, err
	}
	b = append(b, fieldBody)
	b = binary.AppendUvarint(b, uint64(len(body)))
	b = append(b, body...)
	if r, ok := e.Body.(event.Redacted); ok {
		b = appendField(b, fieldGone, r.MsgID)
	}
	return b, nil
}

func appendMessage(b []byte, m *event.MessageSent) []byte {
	if m.Command != "PRIVMSG" && m.Command != "TAGMSG" {
		b = append(b, fieldCommand) // even if it is empty
		b = binary.AppendUvarint(b, uint64(len(m.Command)))
		b = append(b, m.Command...)
	}
	b = appendField(b, fieldTarget, m.Target)
	b = appendField(b, fieldTo, m.To)
	if m.Status != 0 {
		b = append(b, fieldStatus, 1, m.Status)
	}
	b = appendField(b, fieldText, m.Text)
	for _, t := range m.Tags {
		n := uint64(len(t.Key))
		var size [binary.MaxVarintLen64]byte
		head := binary.PutUvarint(size[:], n)
		b = append(b, fieldTag)
		b = binary.AppendUvarint(b, uint64(head+len(t.Key)+len(t.Value)))
		b = append(b, size[:head]...)
		b = append(append(b, t.Key...), t.Value...)
	}
	b = appendLines(b, m.Lines)
	b = appendField(b, fieldShown, m.Shown)
	return appendTrail(appendField(b, fieldRelayer, m.Relayer), m)
}

func appendField(b []byte, field byte, v string) []byte {
	if v == "" {
		return b
	}
	b = append(b, field)
	b = binary.AppendUvarint(b, uint64(len(v)))
	return append(b, v...)
}

func appendFlags(b []byte, bot, opsOnly bool) []byte {
	var f byte
	if bot {
		f |= flagBot
	}
	if opsOnly {
		f |= flagOpsOnly
	}
	if f == 0 {
		return b
	}
	return append(b, fieldFlags, 1, f)
}

// An entry is an event that has not been decoded, but for its stamp.
type entry struct {
	stamp   event.Stamp
	kind    Kinds // 0 if it is of a newer version
	payload string
	fields  string // the part of the payload after the stamp

	ephemeral bool // it is not for the disk
}

// parseEntry reads the beginning of an entry.
func parseEntry(p string) (e entry, ok bool) {
	if len(p) < 10 || len(p) < 10+int(p[9]) {
		return e, false
	}
	end := 10 + int(p[9])
	e = entry{stamp: event.Stamp{Ticks: ticks(p[1:9]), Server: p[10:end]}, payload: p, fields: p[end:]}
	switch p[0] {
	case entryVersion<<4 | kindText:
		e.kind = Texts
	case entryVersion<<4 | kindTag:
		e.kind = Tags
	case entryVersion<<4 | kindOther:
		e.kind = Events
	}
	return e, true
}

// ticks is binary.BigEndian.Uint64 for a string.
func ticks(s string) uint64 {
	_ = s[7]
	return uint64(s[7]) | uint64(s[6])<<8 | uint64(s[5])<<16 | uint64(s[4])<<24 |
		uint64(s[3])<<32 | uint64(s[2])<<40 | uint64(s[1])<<48 | uint64(s[0])<<56
}

// nextField cuts the first field off; ok is false at the end, and if it does not
// read, in which case rest is not empty.
func nextField(s string) (field byte, v, rest string, ok bool) {
	if len(s) < 2 {
		return 0, "", s, false
	}
	n, size := uint64(s[1]), 1
	if n >= 0x80 {
		n, size = uvarint(s[1:])
	}
	if size <= 0 || n > uint64(len(s)-1-size) {
		return 0, "", s, false
	}
	end := 1 + size + int(n)
	return s[0], s[1+size : end], s[end:], true
}

// uvarint is binary.Uvarint for a string.
func uvarint(s string) (n uint64, size int) {
	for i := 0; i < len(s) && i < binary.MaxVarintLen64; i++ {
		if s[i] < 0x80 {
			return n | uint64(s[i])<<(7*i), i + 1
		}
		n |= uint64(s[i]&0x7f) << (7 * i)
	}
	return 0, 0
}

// field returns one field of an entry, or "".
func (e *entry) field(want byte) string {
	for field, v, rest, ok := nextField(e.fields); ok; field, v, rest, ok = nextField(rest) {
		if field == want {
			return v
		}
	}
	return ""
}
