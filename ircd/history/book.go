package history

import (
	"slices"
	"sort"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/event"
)

// A book is one buffer: segments, and the newest entries, which are loose.
//
// Readers take both slices and leave the lock. So elements are never changed:
// entries are added at the end, for which a taken slice is too short, and
// any other change makes a new slice.
type book struct {
	ring *Ring
	id   uint32

	mu      sync.Mutex
	name    string
	limits  Limits
	keep    Keep
	sealed  []*segment
	shifted int // how many there have been in front of these
	open    []loose
	page    page    // of the newest of them
	runs    []run   // of the first of them
	stored  int     // how many those are
	strays  []loose // while it is being loaded: late entries

	entries int
	records int64
	size    int64 // of all of them
	loose   int64 // of those in open
	fresh   int64 // of size, that is not in the total
	// version counts changes other than entries added at the end: what was
	// computed without the lock may only be put in place if it is the same.
	version uint64
	serial  uint32 // of the newest block
	written bool   // the journal knows the name
	asked   bool   // it is to be looked after
	overdue bool   // a segment may have so many late entries that its block is made anew
	queued  bool   // for care
	gone    bool   // removed: it must not be used

	pending map[string]Change // what the journal has not been told, beside loose entries
	owed    bool              // in the ring's debts
}

// count adds to what the book and the ring have.
func (b *book) count(entries int, size, records int64) {
	b.entries += entries
	b.size += size
	b.records += records
	b.fresh += size
	if b.fresh >= mostFresh || b.fresh < 0 {
		b.tally()
	}
}

// mostFresh is how many bytes of a book the total does not know of yet: what all books have
// in common costs a little to change.
const mostFresh = 1 << 10

// tally gets the total right. The lock is held.
func (b *book) tally() {
	b.ring.bytes.Add(b.fresh)
	b.fresh = 0
}

// follows reports whether a stamp is after all others.
func (b *book) follows(s event.Stamp) bool {
	if n := len(b.open); n > 0 {
		return s.After(b.open[n-1].stamp())
	}
	return len(b.sealed) == 0 || s.After(b.sealed[len(b.sealed)-1].end())
}

// push adds an entry at the end.
func (b *book) push(l loose) {
	b.open = append(b.open, l)
	b.loose += int64(len(l.payload))
	b.count(1, int64(len(l.payload)), 1)
}

// insert adds an entry where it belongs, and reports whether it was not there. Known means
// that it is stored alone.
func (b *book) insert(l loose, known bool) bool {
	s := l.stamp()
	switch {
	case b.follows(s):
		b.push(l)
		return true
	case len(b.sealed) == 0 || s.After(b.sealed[len(b.sealed)-1].end()):
		i, found := find(b.open, s)
		if found || b.redacted(s) {
			return false
		}
		b.unstore(i)
		b.open = insertAt(b.open, i, l)
		b.version++
		b.loose += int64(len(l.payload))
	default:
		// It is late: an event of a server that was away.
		if !b.insertLate(l) {
			return false
		}
		if !known {
			b.ring.put(b, l.put(nil, b.id)...)
		}
	}
	b.count(1, int64(len(l.payload)), 1)
	return true
}

func (b *book) insertLate(l loose) bool {
	i := b.covering(l.stamp())
	old := b.sealed[i]
	if old.holds(l.stamp()) || b.redacted(l.stamp()) {
		return false
	}
	s := *old
	at, _ := find(s.late, l.stamp())
	s.late = insertAt(s.late, at, l)
	b.sealed = slices.Clone(b.sealed)
	b.sealed[i] = &s
	b.version++
	if len(s.late) >= b.late() {
		b.overdue = true
		b.ring.schedule(b)
	}
	return true
}

// covering returns the index of the last segment that begins at or before s, or 0.
func (b *book) covering(s event.Stamp) int {
	i := sort.Search(len(b.sealed), func(i int) bool { return b.sealed[i].begin().After(s) })
	return max(i-1, 0)
}

// insertAt is slices.Insert into a new slice.
func insertAt(list []loose, i int, l loose) []loose {
	grown := make([]loose, 0, len(list)+16)
	grown = append(grown, list[:i]...)
	return append(append(grown, l), list[i:]...)
}

// stay is how many entries stay loose when others are sealed, because
// what is newest is most often changed and referred to.
func (b *book) stay() int { return b.ring.o.BlockSize / 6 }

// late is with how many late entries a block is made anew.
func (b *book) late() int { return b.ring.o.BlockSize/4 + 1 }

// most is the size of loose entries from which they are sealed though they are few.
const most = 64 << 10

// mostBlocks is how many blocks are made at once. What is left in a book has to be
// copied each time, which is not to be done for every block of a busy channel.
const mostBlocks = 64

// sealable returns how many loose entries are to be sealed now: as many as fill
// blocks, or fewer than one block of large ones.
func (b *book) sealable() int {
	size := b.ring.o.BlockSize
	switch n := len(b.open) - b.stay(); {
	case n >= size:
		return min(n/size, mostBlocks) * size
	case n > 0 && b.loose >= most:
		return n
	}
	return 0
}

// due reports whether there is something to seal or to evict.
func (b *book) due() bool {
	least := b.slack()
	if len(b.sealed) > 0 {
		least = b.sealed[0].len()
	}
	return b.sealable() > 0 || b.limits.Count > 0 && b.excess() >= least ||
		b.limits.Bytes > 0 && b.size > b.limits.Bytes ||
		b.ring.crowded()
}

// excess returns how many entries exceed the bound by count. Readers do not see
// them from the moment on when they do; they are removed by and by.
func (b *book) excess() int {
	if b.limits.Count <= 0 {
		return 0
	}
	return max(0, b.entries-b.limits.Count)
}

func (b *book) slack() int { return min(16, b.limits.Count/8+1) }

// expired returns the stamp before which entries have expired. Readers do not see
// them either.
func (b *book) expired() event.Stamp {
	if b.limits.Age <= 0 {
		return event.Stamp{}
	}
	return At(b.ring.o.Now().Add(-b.limits.Age)).from
}

// expiredFor is expired for those that have been so for a while.
func (b *book) expiredFor(d time.Duration) event.Stamp {
	return At(b.ring.o.Now().Add(-b.limits.Age - d)).from
}

// view returns what readers may see. The lock must be held.
func (b *book) view() view {
	v := view{ring: b.ring, sealed: b.sealed, open: b.open, skip: b.excess(), floor: b.expired()}
	for len(v.sealed) > 0 && v.skip >= v.sealed[0].len() {
		v.skip -= v.sealed[0].len()
		v.sealed = v.sealed[1:]
	}
	if len(v.sealed) == 0 {
		v.open, v.skip = v.open[min(v.skip, len(v.open)):], 0
	}
	return v
}

// view returns what readers may see of a buffer.
func (r *Ring) view(buffer string) (v view, ok bool) {
	b := r.lookup(buffer)
	if b == nil {
		return view{ring: r}, false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.view(), true
}
