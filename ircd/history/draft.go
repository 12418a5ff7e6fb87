package history

import (
	"encoding/binary"
	"sync"

	"github.com/parley-irc/parley/ircd/event"
)

// A draft is where an entry is written before its length is known: its key, the head
// of its record and the payload, one after the other. What is kept of it is one
// string, of which both key and record are parts. Every message passes through one.
type draft struct {
	b   []byte
	key int // length of the key
}

// largeDraft is from what size on a draft is not used again.
const largeDraft = 64 << 10

var drafts = sync.Pool{New: func() any { return &draft{b: make([]byte, 0, 1<<10)} }}

// write writes the entry of an event. In which buffer it belongs is told later.
func (d *draft) write(e *event.Event) (err error) {
	d.b = appendEntryKey(d.b[:0], 0, e.Stamp)
	d.key = len(d.b)
	d.b, err = appendEntry(begin(d.b), e)
	return err
}

// loose returns what was written as an entry of a buffer, with its key.
func (d *draft) loose(id uint32) (key string, l loose) {
	binary.BigEndian.PutUint32(d.b[1:], id)
	fillIn(d.b[:d.key], d.b[d.key:])
	whole := string(d.b)
	l, _ = parseLoose(whole[d.key:]) // it reads: it has just been written
	return whole[:d.key], l
}

func (d *draft) free() {
	if cap(d.b) <= largeDraft {
		drafts.Put(d)
	}
}
