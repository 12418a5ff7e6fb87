package event

import (
	"math/bits"
	"slices"
)

// Almost all that busy servers tell each other are messages. The CBOR library reads an event
// twice, and by reflection; a message of the usual form is read here once, with one
// allocation for all of its texts. What is not of that form, the library reads.

// readMessage reads an event whose body is a message; ok is false if it has to be read
// otherwise.
func readMessage(b []byte) (e *Event, ok bool) {
	r := speechReader{s: string(b)}
	e = &Event{}
	n := r.pairs()
	var seen uint64
	for range n {
		key := r.number()
		if r.bad || key > 10 || seen&(1<<key) != 0 {
			return nil, false
		}
		seen |= 1 << key
		r.field(key, e)
	}
	const needed = 1<<0 | 1<<1 | 1<<8 | 1<<9
	if r.bad || r.s != "" || seen&needed != needed {
		return nil, false
	}
	e.Body = r.message
	return e, true
}

// A speechReader cuts values off an encoded event.
type speechReader struct {
	s       string
	bad     bool
	message MessageSent
}

// field reads the field of an event with this key.
func (r *speechReader) field(key uint64, e *Event) {
	switch key {
	case 0:
		v := r.number()
		r.bad = r.bad || v < Oldest || v > Version
	case 1:
		e.Stamp = r.stamp()
	case 2:
		e.UID = r.text()
	case 3:
		e.Source = r.text()
	case 4:
		e.Account = r.text()
	case 5:
		e.Bot = r.truth()
	case 6:
		e.Oper = r.text()
	case 8:
		r.bad = r.bad || r.number() != messageNumber
	case 9:
		r.body()
	case 10:
		e.Kept = r.texts()
	default:
		r.bad = true // a message with facts is not of the usual form
	}
}

const messageNumber = 40 // of MessageSent in bodies

// messageFields are the fields of a message, in the order in which they are written.
var messageFields = [...]string{"Command", "Target", "To", "Status", "Text", "Lines", "Tags", "OpsOnly", "Shown", "Relayer"}

// body reads the message.
func (r *speechReader) body() {
	var seen uint
	m, next := &r.message, 0
	for range r.pairs() {
		key, i := r.text(), next
		if i >= len(messageFields) || messageFields[i] != key {
			i = slices.Index(messageFields[:], key)
		}
		if r.bad || i < 0 || seen&(1<<i) != 0 {
			r.bad = true
			return
		}
		seen |= 1 << i
		next = i + 1
		switch key {
		case "Command":
			m.Command = r.text()
		case "Target":
			m.Target = r.text()
		case "To":
			m.To = r.text()
		case "Status":
			v := r.number()
			r.bad = r.bad || bits.Len64(v) > 8
			m.Status = byte(v)
		case "Text":
			m.Text = r.text()
		case "OpsOnly":
			m.OpsOnly = r.truth()
		case "Shown":
			m.Shown = r.text()
		case "Relayer":
			m.Relayer = r.text()
		case "Lines":
			m.Lines = r.lines()
		case "Tags":
			m.Tags = r.tags()
		}
	}
}

// head reads the head of an item of a major type: its argument.
func (r *speechReader) head(major byte) uint64 {
	if r.bad || r.s == "" || r.s[0]>>5 != major {
		r.bad = true
		return 0
	}
	low := r.s[0] & 31
	if low < 24 {
		r.s = r.s[1:]
		return uint64(low)
	}
	size := 1 << (low - 24)
	if low > 27 || len(r.s) < 1+size {
		r.bad = true
		return 0
	}
	n := uint64(0)
	for i := 1; i <= size; i++ {
		n = n<<8 | uint64(r.s[i])
	}
	r.s = r.s[1+size:]
	return n
}

func (r *speechReader) number() uint64 { return r.head(0) }

func (r *speechReader) text() string {
	n := r.head(3)
	if n > uint64(len(r.s)) {
		r.bad = true
		return ""
	}
	t := r.s[:n]
	r.s = r.s[n:]
	return t
}

// pairs reads the head of a map: how many pairs it has.
func (r *speechReader) pairs() uint64 { return r.bounded(r.head(5)) }

// bounded returns how many items follow, each of which has a byte at least.
func (r *speechReader) bounded(n uint64) uint64 {
	if n > uint64(len(r.s)) {
		r.bad = true
		return 0
	}
	return n
}

func (r *speechReader) truth() bool {
	const isFalse, isTrue = 0xf4, 0xf5
	if r.s == "" || r.s[0] != isFalse && r.s[0] != isTrue {
		r.bad = true
		return false
	}
	v := r.s[0] == isTrue
	r.s = r.s[1:]
	return v
}

// items reads the head of a list, or that there is none.
func (r *speechReader) items() (n uint64, there bool) {
	const null = 0xf6
	if r.s != "" && r.s[0] == null {
		r.s = r.s[1:]
		return 0, false
	}
	return r.bounded(r.head(4)), true
}

func (r *speechReader) texts() (all []string) {
	n, there := r.items()
	if there && !r.bad {
		all = make([]string, 0, n)
	}
	for range n {
		all = append(all, r.text())
	}
	return all
}

func (r *speechReader) stamp() (s Stamp) {
	if r.pairs() != 2 || r.number() != 1 {
		r.bad = true
		return s
	}
	s.Ticks = r.number()
	if r.number() != 2 {
		r.bad = true
	}
	s.Server = r.text()
	return s
}

// lines and tags are rare, and read if they have what they have to have in the order of
// their fields.
func (r *speechReader) lines() (all []Line) {
	n, there := r.items()
	if there && !r.bad {
		all = make([]Line, 0, n)
	}
	for range n {
		r.expect(2, "Text")
		text := r.text()
		r.expect(0, "Concat")
		all = append(all, Line{text, r.truth()})
	}
	return all
}

func (r *speechReader) tags() (all []Tag) {
	n, there := r.items()
	if there && !r.bad {
		all = make([]Tag, 0, n)
	}
	for range n {
		r.expect(2, "Key")
		key := r.text()
		r.expect(0, "Value")
		all = append(all, Tag{key, r.text()})
	}
	return all
}

// expect reads the head of a map of so many pairs, if that is not 0, and a key.
func (r *speechReader) expect(pairs uint64, key string) {
	if pairs != 0 && r.pairs() != pairs || r.text() != key {
		r.bad = true
	}
}
