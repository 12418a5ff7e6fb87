package history

// A Keep says what becomes of what is said.
type Keep uint8

// From the strictest on, but for the first, which is the zero value.
const (
	Persistent Keep = iota // it is kept on disk
	Ephemeral              // it is kept in memory, until the server stops
	Off                    // it is not kept
)

var keepWords = [...]string{Persistent: "persistent", Ephemeral: "ephemeral", Off: "off"}

// String returns the word that ParseKeep reads.
func (k Keep) String() string { return keepWords[k] }

// ParseKeep reads "off", "ephemeral" or "persistent".
func ParseKeep(word string) (Keep, bool) {
	for k, w := range keepWords {
		if w == word {
			return Keep(k), true
		}
	}
	return Persistent, false
}

// A Policy says what of a buffer is kept. Keep is about what is appended from then
// on; what is there stays.
type Policy struct {
	Keep Keep
	Limits
}

// The methods below are where changes for the Journal are made: it is not told of what
// is ephemeral.

// put appends the change that stores a late entry.
func (l *loose) put(changes []Change, id uint32) []Change {
	if l.ephemeral {
		return changes
	}
	return append(changes, l.stored(id))
}

// stored returns the change that stores a late entry.
func (l *loose) stored(id uint32) Change {
	key := entryKey(id, l.stamp())
	return Change{Key: key, Record: Record(key, []byte(l.payload)), New: true}
}

// remove appends the change that removes a late entry.
func (l *loose) remove(changes []Change, id uint32) []Change {
	if l.ephemeral {
		return changes
	}
	return append(changes, Change{Key: entryKey(id, l.stamp())})
}

// put appends the change that stores the block of a segment.
func (s *segment) put(changes []Change, id uint32) []Change {
	if s.ephemeral {
		return changes
	}
	return append(changes, Change{Key: blockKey(id, s.serial), Record: s.record, New: true})
}

// remove appends the changes that remove a segment.
func (s *segment) remove(changes []Change, id uint32) []Change {
	if !s.ephemeral {
		changes = append(changes, Change{Key: blockKey(id, s.serial)})
	}
	for i := range s.late {
		changes = s.late[i].remove(changes, id)
	}
	return changes
}

// alike returns how many of the first entries are as ephemeral as the first: a block
// is wholly so or not at all.
func alike(entries []entry) int {
	n := 1
	for n < len(entries) && entries[n].ephemeral == entries[0].ephemeral {
		n++
	}
	return n
}
