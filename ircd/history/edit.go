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
	for _, l := range list {
		end = l.stamp()
		e := l.entry()
		payload, same := f(&e)
		if same {
			made = append(made, l)
			continue
		}
		n++
		if _, ok := parseEntry(payload); ok {
			made = append(made, loose{payload, l.ephemeral})
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.gone || b.version != version {
		return 0, end, 0, false
	}
	if n == 0 {
		return 0, end, 0, true
	}
	gone := len(list) - len(made)
	made = append(made, b.open[len(list):]...)
	b.unstore(0)
	b.move(made)
	b.version++
	grown := sizeOf(made) - b.loose
	b.loose += grown
	b.count(-gone, grown, -int64(gone))
	return n, end, r.owe(b), true
}

// move makes a list the loose entries, on pages of their own: what has been on the old ones
// must not stay in memory with them.
func (b *book) move(list []loose) {
	b.page.end()
	size := sizeOf(list)
	for i := range list {
		list[i].payload = b.page.write([]byte(list[i].payload), size)
	}
	b.open = list
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
				next, ok := parseEntry(payload)
				if !ok {
					continue
				}
				next.ephemeral = e.ephemeral
				e = next
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
	made, changes := r.blocks(b, s.remove(nil, b.id), entries)
	var size int64
	for _, part := range made {
		size += part.size()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.gone || b.version != version {
		return 0, false
	}
	b.sealed = slices.Concat(b.sealed[:i], made, b.sealed[i+1:])
	b.version++
	b.count(len(entries)-s.len(), size-s.size(), int64(len(made))-s.records())
	return r.put(b, changes...), true
}

// blocks makes segments of entries, without the lock, and appends the changes that
// store them.
func (r *Ring) blocks(b *book, changes []Change, entries []entry) ([]*segment, []Change) {
	parts := r.split(entries)
	b.mu.Lock()
	serial := b.serial
	b.serial += uint32(len(parts)) // even if nothing becomes of them
	b.mu.Unlock()
	made := make([]*segment, 0, len(parts))
	for _, list := range parts {
		serial++
		s := newSegment(b.id, serial, list)
		made, changes = append(made, s), s.put(changes, b.id)
	}
	return made, changes
}

// split divides entries into those of one block each.
func (r *Ring) split(entries []entry) (parts [][]entry) {
	for len(entries) > 0 {
		n := r.o.BlockSize
		if len(entries) < n*2 { // not a small block at the end
			n = min(len(entries), n*3/2)
		}
		n = alike(entries[:n])
		parts = append(parts, entries[:n])
		entries = entries[n:]
	}
	return parts
}
