package history

import "encoding/binary"

// A run is loose entries of a book that follow each other and are stored in one record, as
// long as they are loose: what is said in a crowd shares a record, and what is alone has
// one for itself. Its record is a version, 1, and the entries, each after its length as
// uvarint.
type run struct {
	serial uint32 // 0 if nothing of it is for the disk
	count  int
}

const runVersion = 1

// runRecord returns the record of a run under a key.
func runRecord(key string, list []loose) string {
	d := drafts.Get().(*draft)
	defer d.free()
	d.b = append(begin(d.b[:0]), runVersion)
	for i := range list {
		if l := &list[i]; !l.ephemeral {
			d.b = binary.AppendUvarint(d.b, uint64(len(l.payload)))
			d.b = append(d.b, l.payload...)
		}
	}
	return finish(key, d.b)
}

// parseRun appends the entries of a run's record, which they are parts of.
func parseRun(list []loose, record string) ([]loose, error) {
	c := cutter{Payload(record)}
	if v := c.bytes(1); v == "" || v[0] > runVersion {
		return list, ErrNewer
	}
	for c.rest != "" {
		e, ok := parseEntry(c.bytes(c.uvarint()))
		if !ok {
			return list, errEntry
		}
		list = append(list, loose{payload: e.payload})
	}
	return list, nil
}

// store makes a run of the loose entries that are in none. The lock is held.
func (b *book) store() (r run, list []loose) {
	list = b.open[b.stored:len(b.open):len(b.open)]
	r.count = len(list)
	for i := range list {
		if !list[i].ephemeral {
			b.serial++
			r.serial = b.serial
			break
		}
	}
	if r.count > 0 {
		b.runs = append(b.runs, r)
		b.stored = len(b.open)
	}
	return r, list
}

// unstore takes the runs back that have loose entries from an index on: the entries will be
// stored anew. The lock is held.
func (b *book) unstore(from int) {
	for b.stored > from {
		last := b.runs[len(b.runs)-1]
		b.runs = b.runs[:len(b.runs)-1]
		b.stored -= last.count
		b.forget(last)
	}
}

// leave notes that the first n loose entries are about to leave. The lock is held.
func (b *book) leave(n int) {
	left, whole := n, 0
	for whole < len(b.runs) && b.runs[whole].count <= left {
		left -= b.runs[whole].count
		b.forget(b.runs[whole])
		whole++
	}
	b.runs = append([]run(nil), b.runs[whole:]...)
	b.stored -= n - left
	if left > 0 && b.stored > 0 { // a part of a run
		b.unstore(0)
	}
}

// forget deletes a run.
func (b *book) forget(r run) {
	if r.serial != 0 {
		b.ring.put(b, Change{Key: runKey(b.id, r.serial)})
	}
}

// yieldRuns yields the records of runs, which are of the first loose entries of a list.
func yieldRuns(id uint32, runs []run, list []loose, yield func(key, record string) bool) bool {
	for _, r := range runs {
		if key := runKey(id, r.serial); r.serial != 0 && !yield(key, runRecord(key, list[:r.count])) {
			return false
		}
		list = list[r.count:]
	}
	return true
}

func runKey(id, serial uint32) string { return numbered(keyRun, id, serial) }
