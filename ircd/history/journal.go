package history

import (
	"fmt"
	"slices"
)

// A Journal makes durable what a Ring holds. It stores records under keys and
// knows nothing of what they mean.
type Journal interface {
	// Put is told of changes which must be made all or none, after those of
	// earlier calls. It is called under a lock and must not wait. It keeps the slice.
	Put(changes []Change) Ticket
}

// A Change sets a key to a record, or deletes it if the record is "".
type Change struct{ Key, Record string }

// Load adds a record that a Journal has stored, when the ring is made anew and
// before anything else is done with it. Records come in the order of their keys. The
// error is of a record that does not belong anywhere, and can be deleted.
func (r *Ring) Load(key, record string) error {
	kind, id, rest, ok := parseKey(key)
	if !ok {
		return fmt.Errorf("%w: its key is %q", errRecord, key)
	}
	if kind == keyBook {
		return r.loadBook(id, Payload(record))
	}
	b := r.loading[id]
	if b == nil {
		return fmt.Errorf("%w: buffer %d", ErrNotFound, id)
	}
	switch {
	case kind == keyBlock && len(rest) == 4:
		serial := number(rest)
		made, err := parseBlock(record)
		if err != nil {
			return err
		}
		b.sealed = append(b.sealed, &segment{block: made, serial: serial})
		b.serial = max(b.serial, serial)
		return nil
	case kind == keyEntry:
		l, ok := parseLoose(record)
		if !ok {
			return errEntry
		}
		b.open = append(b.open, l)
		return nil
	}
	return fmt.Errorf("%w: its key is %q", errRecord, key)
}

func (r *Ring) loadBook(id uint32, name string) error {
	if r.books[name] != nil {
		return fmt.Errorf("%w: %q", ErrExists, name)
	}
	b := r.newBook(name, id)
	b.written = true
	r.nextID = max(r.nextID, id)
	if r.loading == nil {
		r.loading = map[uint32]*book{}
	}
	r.loading[id] = b
	return nil
}

// Loaded ends loading.
func (r *Ring) Loaded() {
	for _, b := range r.loading {
		slices.SortFunc(b.sealed, func(x, y *segment) int { return compare(x.first, y.first) })
		for _, s := range b.sealed {
			b.count(s.len(), s.size(), s.records())
		}
		entries := b.open
		b.open = nil
		for _, l := range entries {
			b.insert(l)
		}
		b.count(0, 0, 1)
		r.schedule(b)
	}
	r.loading = nil
}

// Records yields every record there is, buffer by buffer. What changes meanwhile
// may be yielded in either state. It holds no lock while yield runs.
func (r *Ring) Records(yield func(key, record string) bool) {
	for _, b := range r.all() {
		b.mu.Lock()
		name, written, sealed, open := b.name, b.written && !b.gone, b.sealed, b.open
		b.mu.Unlock()
		if !written {
			continue
		}
		key := bookKey(b.id)
		if !yield(key, Record(key, []byte(name))) {
			return
		}
		for _, s := range sealed {
			if !yield(blockKey(b.id, s.serial), s.record) || !yieldLoose(b.id, s.late, yield) {
				return
			}
		}
		if !yieldLoose(b.id, open, yield) {
			return
		}
	}
}

func yieldLoose(id uint32, list []loose, yield func(key, record string) bool) bool {
	for _, l := range list {
		if !yield(entryKey(id, l.stamp), l.record) {
			return false
		}
	}
	return true
}
