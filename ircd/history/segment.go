package history

import (
	"slices"
	"sort"

	"github.com/parley-irc/parley/ircd/event"
)

// A loose entry is one that is in no block: the bytes of an entry that reads.
type loose struct {
	payload   string
	ephemeral bool
}

func (l *loose) stamp() event.Stamp {
	end := 10 + int(l.payload[9])
	return event.Stamp{Ticks: ticks(l.payload[1:9]), Server: l.payload[10:end]}
}

func (l *loose) entry() entry {
	e, _ := parseEntry(l.payload)
	e.ephemeral = l.ephemeral
	return e
}

func entriesOf(list []loose) []entry { return appendEntries(make([]entry, 0, len(list)), list) }

func appendEntries(entries []entry, list []loose) []entry {
	for i := range list {
		entries = append(entries, list[i].entry())
	}
	return entries
}

func sizeOf(list []loose) (n int64) {
	for i := range list {
		n += int64(len(list[i].payload))
	}
	return n
}

// find returns where an entry with this stamp is in a list, or would be.
func find(list []loose, s event.Stamp) (i int, found bool) {
	i = sort.Search(len(list), func(i int) bool { return !s.After(list[i].stamp()) })
	return i, i < len(list) && list[i].stamp() == s
}

// A segment is a block with the entries that came too late to be in it. It never
// changes: readers use it without a lock. What changes is put in its place.
type segment struct {
	block
	serial    uint32
	ephemeral bool
	late      []loose // in order
}

// newSegment makes a segment of entries that are alike.
func newSegment(id, serial uint32, list []entry) *segment {
	return &segment{block: newBlock(blockKey(id, serial), list), serial: serial, ephemeral: list[0].ephemeral}
}

func (s *segment) len() int { return int(s.count) + len(s.late) }

// size is the memory of its records.
func (s *segment) size() int64 { return int64(len(s.record)) + sizeOf(s.late) }

func (s *segment) records() int64 { return 1 + int64(len(s.late)) }

func (s *segment) begin() event.Stamp {
	if len(s.late) > 0 && s.first().After(s.late[0].stamp()) {
		return s.late[0].stamp()
	}
	return s.first()
}

func (s *segment) end() event.Stamp {
	if n := len(s.late); n > 0 && s.late[n-1].stamp().After(s.last()) {
		return s.late[n-1].stamp()
	}
	return s.last()
}

// entries returns all entries in order.
func (s *segment) entries() ([]entry, error) {
	list, err := s.block.entries()
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].ephemeral = s.ephemeral
	}
	if len(s.late) == 0 {
		return list, nil
	}
	list = append(list, entriesOf(s.late)...)
	slices.SortFunc(list, func(a, b entry) int { return compare(a.stamp, b.stamp) })
	return list, nil
}

func compare(a, b event.Stamp) int {
	switch {
	case a == b:
		return 0
	case a.After(b):
		return 1
	}
	return -1
}

// may reports whether an entry with one of these authors, msgids or parents may be in the
// segment.
func (s *segment) may(features []feature) bool {
	return len(s.late) > 0 || slices.ContainsFunc(features, s.signature().has2)
}

// mayAll is like may, for an entry with all features, each of which was added once.
func (s *segment) mayAll(features []feature) bool {
	if len(s.late) > 0 {
		return true
	}
	signature := s.signature()
	for _, f := range features {
		if !signature.has(f) {
			return false
		}
	}
	return true
}

// holds reports whether an entry with this stamp is there.
func (s *segment) holds(at event.Stamp) bool {
	if _, found := find(s.late, at); found {
		return true
	}
	if s.first().After(at) || at.After(s.last()) || !s.signature().has2(idOf(at)) {
		return false
	}
	list, _ := s.block.entries()
	return slices.ContainsFunc(list, func(e entry) bool { return e.stamp == at })
}
