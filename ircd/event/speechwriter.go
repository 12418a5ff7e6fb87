package event

import "encoding/binary"

// writeMessage returns an event whose body is a message of the usual form as the CBOR library
// would write it; ok is false if the library has to.
func writeMessage(e *Event, version uint8) (b []byte, ok bool) {
	m, ok := e.Body.(MessageSent)
	if !ok || len(e.Facts) > 0 || len(m.Trail) > 0 || !m.Edited.IsZero() || m.Edited.Server != "" {
		return nil, false
	}
	w := speechWriter(make([]byte, 0, 192+len(m.Text)+len(e.Source)))
	present := []bool{e.UID != "", e.Source != "", e.Account != "", e.Bot, e.Oper != "", len(e.Kept) > 0}
	pairs := uint64(4)
	for _, p := range present {
		if p {
			pairs++
		}
	}
	w.head(5, pairs)
	w.number(0, uint64(version))
	w.head(0, 1)
	w.head(5, 2)
	w.number(1, e.Ticks)
	w.head(0, 2)
	w.text(e.Server)
	w.optional(2, e.UID)
	w.optional(3, e.Source)
	w.optional(4, e.Account)
	if e.Bot {
		w.head(0, 5)
		w.truth(true)
	}
	w.optional(6, e.Oper)
	w.number(8, messageNumber)
	w.head(0, 9)
	w.message(&m)
	if len(e.Kept) > 0 {
		w.head(0, 10)
		w.head(4, uint64(len(e.Kept)))
		for _, buffer := range e.Kept {
			w.text(buffer)
		}
	}
	return w, true
}

// A speechWriter appends CBOR.
type speechWriter []byte

func (w *speechWriter) message(m *MessageSent) {
	w.head(5, 10)
	w.named("Command", m.Command)
	w.named("Target", m.Target)
	w.named("To", m.To)
	w.text("Status")
	w.head(0, uint64(m.Status))
	w.named("Text", m.Text)
	w.text("Lines")
	w.list(len(m.Lines), m.Lines == nil)
	for _, l := range m.Lines {
		w.head(5, 2)
		w.named("Text", l.Text)
		w.text("Concat")
		w.truth(l.Concat)
	}
	w.text("Tags")
	w.list(len(m.Tags), m.Tags == nil)
	for _, t := range m.Tags {
		w.head(5, 2)
		w.named("Key", t.Key)
		w.named("Value", t.Value)
	}
	w.text("OpsOnly")
	w.truth(m.OpsOnly)
	w.named("Shown", m.Shown)
	w.named("Relayer", m.Relayer)
}

// head appends the head of an item of a major type.
func (w *speechWriter) head(major byte, n uint64) {
	major <<= 5
	switch {
	case n < 24:
		*w = append(*w, major|byte(n))
	case n < 1<<8:
		*w = append(*w, major|24, byte(n))
	case n < 1<<16:
		*w = binary.BigEndian.AppendUint16(append(*w, major|25), uint16(n))
	case n < 1<<32:
		*w = binary.BigEndian.AppendUint32(append(*w, major|26), uint32(n))
	default:
		*w = binary.BigEndian.AppendUint64(append(*w, major|27), n)
	}
}

func (w *speechWriter) text(s string) {
	w.head(3, uint64(len(s)))
	*w = append(*w, s...)
}

func (w *speechWriter) named(key, value string) {
	w.text(key)
	w.text(value)
}

func (w *speechWriter) number(key, value uint64) {
	w.head(0, key)
	w.head(0, value)
}

func (w *speechWriter) optional(key uint64, value string) {
	if value != "" {
		w.head(0, key)
		w.text(value)
	}
}

func (w *speechWriter) truth(v bool) {
	b := byte(0xf4)
	if v {
		b = 0xf5
	}
	*w = append(*w, b)
}

// list appends the head of a list, or that there is none.
func (w *speechWriter) list(n int, none bool) {
	if none {
		*w = append(*w, 0xf6)
		return
	}
	w.head(4, uint64(n))
}
