package history

import (
	"slices"
	"sync"
	"time"
)

// A care is what a ring does by itself: sealing and evicting, in one goroutine,
// book by book. Compressing happens without a lock, and a lock is held for a
// few microseconds at a time, so that whoever appends does not notice.
type care struct {
	mu      sync.Mutex
	queue   []*book
	wake    chan struct{} // capacity 1
	quit    chan struct{}
	stopped chan struct{}
	once    sync.Once

	entries []entry // that are being sealed
}

// schedule has a book looked after.
func (r *Ring) schedule(b *book) {
	c := &r.care
	c.mu.Lock()
	if !b.queued {
		b.queued = true
		c.queue = append(c.queue, b)
	}
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *care) take() []*book {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := c.queue
	c.queue = nil
	for _, b := range list {
		b.queued = false
	}
	return list
}

// tend runs until the ring is closed.
func (r *Ring) tend() {
	const sweep = time.Minute
	c := &r.care
	defer close(c.stopped)
	t := time.NewTicker(sweep)
	defer t.Stop()
	for {
		var list []*book
		var breath *Breath // of a sweep: what is due is done at once
		select {
		case <-c.wake:
			list = c.take()
		case <-t.C: // for what has expired
			list, breath = r.all(), new(Breath)
		case <-c.quit:
			return
		}
		for _, b := range list {
			select {
			case <-c.quit:
				return
			default:
			}
			r.look(b)
			breath.Take()
		}
		r.shed()
	}
}

// look does what is due for one book.
func (r *Ring) look(b *book) {
	b.mu.Lock()
	b.asked = false
	b.mu.Unlock()
	for r.seal(b) || r.merge(b) {
	}
	for r.evict(b) {
	}
	r.trim(b)
	r.removeEmpty(b)
}

// seal makes blocks of the oldest loose entries. It reports whether to try again.
func (r *Ring) seal(b *book) bool {
	b.mu.Lock()
	n, version := b.sealable(), b.version
	list := b.open[:n]
	b.mu.Unlock()
	if n == 0 {
		return false
	}
	r.care.entries = appendEntries(r.care.entries[:0], list)
	made, changes := r.blocks(b, nil, r.care.entries)
	clear(r.care.entries)
	var size int64
	for _, s := range made {
		size += s.size()
	}
	was := sizeOf(list)

	b.mu.Lock()
	defer b.mu.Unlock()
	if b.gone || b.version != version {
		return !b.gone
	}
	if b.written && len(changes) > 0 {
		changes = append(changes, b.named()) // once more: see Names
	}
	b.sealed = append(b.sealed, made...)
	b.leave(n)
	rest := b.open[n:]
	b.open = append(make([]loose, 0, len(rest)+r.o.BlockSize), rest...)
	b.loose -= was
	b.version++
	b.count(0, size-was, int64(len(made)-n))
	r.put(b, changes...)
	return true
}

// merge puts late entries into their block. It reports whether to try again.
func (r *Ring) merge(b *book) bool {
	_, _, _, ok := r.edit(b, func(b *book) int {
		if !b.overdue {
			return -1
		}
		i := slices.IndexFunc(b.sealed, func(s *segment) bool { return len(s.late) >= b.late() })
		b.overdue = i >= 0
		return i
	}, nil)
	return ok
}

// removeEmpty removes a book without entries.
func (r *Ring) removeEmpty(b *book) {
	b.mu.Lock()
	empty := b.entries == 0 && !b.gone
	b.mu.Unlock()
	if !empty {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.entries == 0 && !b.gone {
		r.remove(b) // whoever was about to append finds it gone, and makes another
	}
}

// remove removes a book with all there is in it. Both locks are held.
func (r *Ring) remove(b *book) Ticket {
	r.unlist(b.name)
	b.gone = true
	b.version++
	changes := []Change{{Key: bookKey(b.id)}}
	for _, s := range b.sealed {
		changes = s.remove(changes, b.id)
		b.count(-s.len(), -s.size(), -s.records())
	}
	b.unstore(0)
	b.count(-len(b.open), -sizeOf(b.open), -int64(len(b.open)))
	b.count(0, 0, -1)
	b.sealed, b.open = nil, nil
	b.page.end()
	if !b.written {
		b.pending = nil
		return 0
	}
	return r.rename(b, changes...)
}
