package network

import "time"

// A fading remembers values by key, each for its time. What it takes is bounded by what
// still counts, and not by who has ever come. The zero value is ready; whoever uses it locks.
type fading[K comparable, V any] struct {
	all  map[K]fadingValue[V]
	room int // how many there may be before those are dropped whose time is over
}

type fadingValue[V any] struct {
	value V
	until time.Time
}

const (
	// fadingFew is how many are kept without a look at whose time is over.
	fadingFew = 64
	// fadingMost bounds all of them. Only a flood comes there, and it is better that some
	// of it gets through than that memory is used up.
	fadingMost = 1 << 16
)

// get returns the value of a key, if its time is not over.
func (f *fading[K, V]) get(key K, now time.Time) (value V, ok bool) {
	x, ok := f.all[key]
	if !ok || !now.Before(x.until) {
		return value, false
	}
	return x.value, true
}

// put remembers the value of a key until a time.
func (f *fading[K, V]) put(key K, value V, until, now time.Time) {
	if f.all == nil || len(f.all) >= max(f.room, fadingFew) {
		f.sweep(now)
	}
	f.all[key] = fadingValue[V]{value, until}
}

// drop forgets a key.
func (f *fading[K, V]) drop(key K) { delete(f.all, key) }

// sweep drops those whose time is over, and the memory that they took with them.
func (f *fading[K, V]) sweep(now time.Time) {
	left := make(map[K]fadingValue[V])
	for key, x := range f.all {
		if now.Before(x.until) {
			left[key] = x
		}
	}
	if len(left) >= fadingMost {
		clear(left)
	}
	f.all, f.room = left, min(2*len(left), fadingMost)
}
