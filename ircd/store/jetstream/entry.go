package jetstream

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/parley-irc/parley/ircd/store"
)

// An entry of the log is a commit that somebody has asked for:
//
//	1 byte   version of this layout, 1
//	         identifier of the request
//	uvarint  number of changes, and for each
//	1 byte   1 if it deletes, else 0
//	         shelf, key
//	uvarint  revision
//	         value
//
// with texts after their length as uvarint. Whether it is made is decided by its place in
// the log, by every server for itself: its conditions hold then, or do not.
type entry struct {
	id  string
	ops []store.Op
}

const entryVersion = 1

var (
	errEntry = errors.New("an entry of the log does not read")
	// errNewer means that the log is written by servers that are newer than this one.
	errNewer = errors.New("the records are written by a newer version of Parley; update this server")
)

func encode(e entry) []byte {
	size := 64
	for _, op := range e.ops {
		size += len(op.Shelf) + len(op.Key) + len(op.Value) + 32
	}
	b := append(make([]byte, 0, size), entryVersion)
	b = appendText(b, e.id)
	b = binary.AppendUvarint(b, uint64(len(e.ops)))
	for _, op := range e.ops {
		deletes := byte(0)
		if op.Delete {
			deletes = 1
		}
		b = append(b, deletes)
		b = appendText(appendText(b, op.Shelf), op.Key)
		b = binary.AppendUvarint(b, op.Rev)
		b = appendText(b, string(op.Value))
	}
	return b
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// decode reads an entry. Its values are parts of b.
func decode(b []byte) (e entry, err error) {
	if len(b) == 0 {
		return e, errEntry
	}
	if b[0] > entryVersion {
		return e, errNewer
	}
	r := reader{b: b[1:]}
	e.id = string(r.text())
	n := r.number()
	if n > store.MaxOps {
		return e, fmt.Errorf("%w: it has %d changes", errEntry, n)
	}
	for range n {
		op := store.Op{Delete: r.byte() == 1, Shelf: string(r.text()), Key: string(r.text()), Rev: r.number(), Value: r.text()}
		e.ops = append(e.ops, op)
	}
	if r.bad || len(r.b) > 0 {
		return e, errEntry
	}
	return e, nil
}

// A reader cuts values off bytes.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) number() uint64 {
	n, size := binary.Uvarint(r.b)
	if size <= 0 {
		r.bad, size = true, 0
	}
	r.b = r.b[size:]
	return n
}

func (r *reader) byte() byte {
	if len(r.b) == 0 {
		r.bad = true
		return 0
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c
}

func (r *reader) text() []byte {
	n := r.number()
	if n > uint64(len(r.b)) {
		r.bad = true
		return nil
	}
	s := r.b[:n:n]
	r.b = r.b[n:]
	return s
}
