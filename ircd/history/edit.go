package history

import (
	"slices"

	"github.com/parley-irc/parley/ircd/event"
)

// A change of one entry: its new payload, or "" to remove it; same means that it
// stays as it is.
type change func(e *entry) (payload string, same bool)

// edit passes the entries of one part of a book to f and puts what comes of it in
// their place. where finds the part, under the lock: a segment, or len(sealed) for the
// loose entries; less than 0 is none, which is not ok. A nil f changes nothing, but
// gets late entries into their block; it is not for loose entries. It returns how many entries have changed,
// and the end of the part.
//
// The work is done without the lock, and again if the book has changed meanwhile.
func (r *Ring) edit(b *book, where func(*book) int, f change) (n int, end event.Stamp, t Ticket, ok bool) {
	for {
		b.mu.Lock()
		i, version := where(b), b.version
		if i < 0 || b.gone {
			b.mu.Unlock()
			return 0, end, 0, false
		}
		if i == len(b.sealed) {
			list := b.open
			b.mu.Unlock()
			n, end, t, ok = r.editOpen(b, version, list, f)
		} else {
			s := b.sealed[i]
			b.mu.Unlock()
			n, end, t, ok = r.editSealed(b, version, i, s, f)
		}
		if ok {
			return n, end, t, true
		}
	}
}

// editOpen edits loose entries; not ok means that the book has changed.
func (r *Ring) editOpen(b *book, version uint64, list []loose, f change) (n int, end event.Stamp, t Ticket, ok bool) {
	var made []loose
	var changes []Change
	var grown int64
	for _, l := range list {
		end = l.stamp
		e := l.entry()
		payload, same := f(&e)
		if same {
			made = append(made, l)
			continue
		}
		c := Change{Key: entryKey(b.id, l.stamp)}
		grown -= int64(len(l.record))
		if l, ok := newLoose(c.Key, []byte(payload)); ok { // and else it is removed
			c.Record = l.record
			made = append(made, l)
			grown += int64(len(l.record))
		}
		changes = append(changes, c)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.gone || b.version != version {
		return 0, end, 0, false
	}
	if len(changes) == 0 {
		return 0, end, 0, true
	}
	gone := len(list) - len(made)
	b.open = append(made, b.open[len(list):]...)
	b.loose += grown
	b.version++
	b.count(-gone, grown, -int64(gone))
	return len(changes), end, r.put(b, changes...), true
}

// editSealed edits a segment.
func (r *Ring) editSealed(b *book, version uint64, i int, s *segment, f change) (n int, end event.Stamp, t Ticket, ok bool) {
	list, err := s.entries()
	if err != nil { // nothing can be done for it
		r.refused.Add(1)
		list, n = nil, 1
	}
	end = s.end()
	kept := list[:0]
	for _, e := range list {
		if f != nil {
			payload, same := f(&e)
			if !same {
				n++
				if e, ok = parseEntry(payload); !ok {
					continue
				}
			}
		}
		kept = append(kept, e)
	}
	if n == 0 && len(s.late) == 0 {
		return 0, end, 0, true
	}
	t, ok = r.replace(b, version, i, s, kept)
	return n, end, t, ok
}

// replace puts blocks of entries in the place of a segment.
func (r *Ring) replace(b *book, version uint64, i int, s *segment, entries []entry) (t Ticket, ok bool) {
	b.mu.Lock()
	serial := b.serial
	b.serial += uint32(len(entries)/r.o.BlockSize + 1)
	b.mu.Unlock()

	changes := []Change{{Key: blockKey(b.id, s.serial)}}
	for _, l := range s.late {
		changes = append(changes, Change{Key: entryKey(b.id, l.stamp)})
	}
	var made []*segment
	var size int64
	count := len(entries)
	for len(entries) > 0 {
		n := r.o.BlockSize
		if len(entries) < n*2 { // not a small block at the end
			n = min(len(entries), n*3/2)
		}
		serial++
		key := blockKey(b.id, serial)
		part := &segment{block: newBlock(key, entries[:n]), serial: serial}
		made = append(made, part)
		changes = append(changes, Change{key, part.record})
		size += part.size()
		entries = entries[n:]
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.gone || b.version != version {
		return 0, false
	}
	b.sealed = slices.Concat(b.sealed[:i], made, b.sealed[i+1:])
	b.version++
	b.count(count-s.len(), size-s.size(), int64(len(made))-s.records())
	return r.put(b, changes...), true
}
