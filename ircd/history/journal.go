package history

import (
	"fmt"
	"slices"
)

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
		e, ok := parseEntry(Payload(record))
		if !ok {
			return errEntry
		}
		b.strays = append(b.strays, loose{payload: e.payload})
		return nil
	case kind == keyRun && len(rest) == 4:
		n := len(b.open)
		list, err := parseRun(b.open, record)
		if err != nil {
			return err
		}
		b.open = list
		b.runs = append(b.runs, run{number(rest), len(list) - n})
		b.serial = max(b.serial, number(rest))
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
		slices.SortFunc(b.sealed, func(x, y *segment) int { return compare(x.first(), y.first()) })
		r.untangle(b)
		for _, s := range b.sealed {
			b.count(s.len(), s.size(), s.records())
		}
		b.loadLoose()
		b.count(0, 0, 1)
		if mended {
			r.bury(b)
		}
		r.schedule(b)
	}
	r.loading = nil
}

// loadLoose puts the entries that are in no block where they belong.
func (b *book) loadLoose() {
	list, runs, strays := b.open, b.runs, b.strays
	b.open, b.runs, b.strays = nil, nil, nil
	for _, r := range runs {
		asWritten := b.stored == len(b.open)
		for _, l := range list[:r.count] {
			n := len(b.open)
			asWritten = b.insert(l, false) && asWritten && len(b.open) == n+1 && b.open[n] == l
		}
		if list = list[r.count:]; asWritten {
			b.runs, b.stored = append(b.runs, r), len(b.open)
		} else { // the file was damaged: what there is of it is stored anew
			b.ring.put(b, Change{Key: runKey(b.id, r.serial)})
		}
	}
	for _, l := range strays {
		n := len(b.open)
		if !b.insert(l, true) || len(b.open) > n {
			b.ring.put(b, l.remove(nil, b.id)...)
		}
	}
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
		c, written, sealed := b.named(), b.written && !b.gone, b.sealed
		runs, open := slices.Clone(b.runs), b.open
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
		if !yieldRuns(b.id, runs, open, yield) {
			return
		}
	}
}

func yieldLoose(id uint32, list []loose, yield func(key, record string) bool) bool {
	for _, l := range list {
		if c := l.stored(id); !l.ephemeral && !yield(c.Key, c.Record) {
			return false
		}
	}
	return true
}
