package history

import (
	"fmt"
	"slices"
)

// A Journal makes durable what a Ring holds. It stores records under keys and
// knows nothing of what they mean.
type Journal interface {
	// Put is told of changes which must be made all or none, after those of
	// earlier calls. It is called under a lock and must not wait. It does not keep the
	// slice, because most changes come alone, and would need one each.
	Put(changes []Change) Ticket
}

// A Change sets a key to a record, or deletes it if the record is "".
type Change struct {
	Key, Record string
	// New says that there has been no record under the key: a journal that has not
	// written it when it is deleted need never write it.
	New bool
}

// Load adds a record that a Journal has stored, when the ring is made anew and
// before anything else is done with it. Records come in the order of their keys. The
// error is of a record that does not belong anywhere, and can be deleted.
func (r *Ring) Load(key, record string) error {
	kind, id, rest, ok := parseKey(key)
	if !ok {
		return fmt.Errorf("%w: its key is %q", errRecord, key)
	}
	if kind == keyBook {
		r.loadBook(id, Payload(record))
		return nil
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

func (r *Ring) loadBook(id uint32, name string) {
	if old := r.books[name]; old != nil {
		// The file was damaged: the earlier one had been dropped.
		delete(r.loading, old.id)
		r.put(old, Change{Key: bookKey(old.id)})
	}
	b := r.newBook(name, id)
	b.written = true
	r.nextID = max(r.nextID, id)
	if r.loading == nil {
		r.loading = map[uint32]*book{}
	}
	r.loading[id] = b
}

// Loaded ends loading. With mended, the records are of a file that was damaged: there may
// be some that had been removed or replaced.
func (r *Ring) Loaded(mended bool) {
	for _, b := range r.loading {
		slices.SortFunc(b.sealed, func(x, y *segment) int { return compare(x.first, y.first) })
		r.untangle(b)
		for _, s := range b.sealed {
			b.count(s.len(), s.size(), s.records())
		}
		entries := b.open
		b.open = nil
		var useless []Change
		for _, l := range entries {
			if !b.insert(l) {
				useless = l.remove(useless, b.id)
			}
		}
		r.put(b, useless...)
		b.count(0, 0, 1)
		if mended {
			r.bury(b)
		}
		r.schedule(b)
	}
	r.loading = nil
}

// named returns the change that stores the name of a book. The lock is held.
func (b *book) named() Change {
	key := bookKey(b.id)
	return Change{Key: key, Record: Record(key, []byte(b.name))}
}

// Names yields the records of the buffers' names, which are among the Records, too. What
// they are of is lost without them, so that it is well to have them in two places.
func (r *Ring) Names(yield func(key, record string) bool) {
	for _, b := range r.all() {
		b.mu.Lock()
		c, written := b.named(), b.written && !b.gone
		b.mu.Unlock()
		if written && !yield(c.Key, c.Record) {
			return
		}
	}
}

// Records yields every record there is, buffer by buffer. What changes meanwhile
// may be yielded in either state. It holds no lock while yield runs.
func (r *Ring) Records(yield func(key, record string) bool) {
	for _, b := range r.all() {
		b.mu.Lock()
		c, written, sealed, open := b.named(), b.written && !b.gone, b.sealed, b.open
		b.mu.Unlock()
		if !written {
			continue
		}
		if !yield(c.Key, c.Record) {
			return
		}
		for _, s := range sealed {
			if !s.ephemeral && !yield(blockKey(b.id, s.serial), s.record) || !yieldLoose(b.id, s.late, yield) {
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
		if !l.ephemeral && !yield(entryKey(id, l.stamp), l.record) {
			return false
		}
	}
	return true
}
