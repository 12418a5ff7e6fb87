package history

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-irc/parley/ircd/event"
)

// A Ring is a Log in memory.
type Ring struct {
	o       Options
	journal Journal // or nil

	mu       sync.RWMutex // before the lock of a book
	books    map[string]*book
	talks    map[string]map[string]bool // identity: buffers of its conversations
	policies map[string]Policy
	limits   Limits // of buffers whose policy has none
	nextID   uint32
	loading  map[uint32]*book

	total atomic.Int64 // bound of bytes; 0 is none

	bytes, evicted, refused atomic.Int64

	debts  debts
	ticket atomic.Uint64 // the last one

	care care
}

// New returns an empty log. It has a goroutine until it is closed.
func New(o Options) *Ring {
	r := Prepare(o, nil)
	r.Start()
	return r
}

// Prepare returns a log with a Journal. Before Start, only Load and Loaded may be
// called.
func Prepare(o Options, j Journal) *Ring {
	if o.BlockSize <= 0 {
		o.BlockSize = 100
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	r := &Ring{
		o: o, journal: j, limits: o.Limits,
		books: map[string]*book{}, talks: map[string]map[string]bool{}, policies: map[string]Policy{},
		care: care{wake: make(chan struct{}, 1), quit: make(chan struct{}), stopped: make(chan struct{})},
	}
	r.total.Store(o.Total)
	return r
}

// Start begins to seal and to evict.
func (r *Ring) Start() { go r.tend() }

// Close implements Log.
func (r *Ring) Close() error {
	r.care.once.Do(func() { close(r.care.quit) })
	<-r.care.stopped
	return nil
}

// Wait implements Log. Nothing is durable, so that nothing need be waited for.
func (r *Ring) Wait(context.Context, Ticket) error { return nil }

// Append implements Log.
func (r *Ring) Append(buffer string, e *event.Event) Ticket {
	d := drafts.Get().(*draft)
	defer d.free()
	if err := d.write(e); err != nil || e.Stamp.IsZero() {
		r.refused.Add(1)
		return 0
	}
	for {
		b := r.open(buffer)
		if b == nil {
			return 0
		}
		if t, ok := r.add(b, d.b, e.Stamp); ok {
			return t
		}
	}
}

// add adds an entry to a book; ok is false if the book has been removed.
func (r *Ring) add(b *book, payload []byte, s event.Stamp) (t Ticket, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.gone || b.keep == Off {
		return 0, !b.gone
	}
	l := loose{ephemeral: b.keep == Ephemeral}
	if b.follows(s) {
		l.payload = b.page.write(payload, b.loose)
		b.push(l)
	} else if l.payload = string(payload); !b.insert(l, false) {
		return 0, true
	}
	if !l.ephemeral {
		t = r.owe(b)
	}
	if !b.asked && b.due() {
		b.asked = true
		r.schedule(b)
	}
	return t, true
}

// lookup returns a book, or nil.
func (r *Ring) lookup(buffer string) *book {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.books[buffer]
}

// open returns a book, which it makes if need be. It is nil where nothing is kept.
func (r *Ring) open(buffer string) *book {
	if b := r.lookup(buffer); b != nil {
		return b
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if b := r.books[buffer]; b != nil || r.policies[buffer].Keep == Off {
		return b
	}
	r.nextID++
	b := r.newBook(buffer, r.nextID)
	b.count(0, 0, 1)
	return b
}

// newBook adds a book.
func (r *Ring) newBook(name string, id uint32) *book {
	b := &book{ring: r, id: id, name: name}
	b.follow(r.policies[name])
	r.books[name] = b
	r.list(name)
	return b
}

func (r *Ring) list(name string) {
	x, y, ok := Parties(name)
	if !ok {
		return
	}
	for _, who := range []string{x, y} {
		if r.talks[who] == nil {
			r.talks[who] = map[string]bool{}
		}
		r.talks[who][name] = true
	}
}

// unlist removes a name, and does not care for the book.
func (r *Ring) unlist(name string) {
	delete(r.books, name)
	x, y, ok := Parties(name)
	if !ok {
		return
	}
	for _, who := range []string{x, y} {
		delete(r.talks[who], name)
		if len(r.talks[who]) == 0 {
			delete(r.talks, who)
		}
	}
}

// all returns the books there are now.
func (r *Ring) all() []*book {
	r.mu.RLock()
	defer r.mu.RUnlock()
	list := make([]*book, 0, len(r.books))
	for _, b := range r.books {
		list = append(list, b)
	}
	return list
}

// Buffers implements Log.
func (r *Ring) Buffers() []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	names := make([]string, 0, len(r.books))
	for name := range r.books {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// SetPolicy implements Log.
func (r *Ring) SetPolicy(buffer string, p Policy) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.policies[buffer] = p; p == (Policy{}) {
		delete(r.policies, buffer)
	}
	if b := r.books[buffer]; b != nil {
		b.mu.Lock()
		b.follow(p)
		b.mu.Unlock()
		r.schedule(b)
	}
}

// SetLimits implements Log.
func (r *Ring) SetLimits(l Limits, total int64) {
	r.total.Store(total)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.limits = l
	for name, b := range r.books {
		b.mu.Lock()
		b.follow(r.policies[name])
		b.mu.Unlock()
		r.schedule(b)
	}
}

// follow makes a book follow a policy. Its lock is held, unless it is new, and the ring's.
func (b *book) follow(p Policy) { b.keep, b.limits = p.Keep, p.or(b.ring.limits) }

// Stats implements Log.
func (r *Ring) Stats() Stats {
	all := r.all()
	s := Stats{Buffers: len(all), Bytes: r.bytes.Load(), Evicted: r.evicted.Load(), Refused: r.refused.Load()}
	for _, b := range all {
		b.mu.Lock()
		s.Events += int64(b.entries)
		s.Records += b.records
		s.Bytes += b.fresh
		b.mu.Unlock()
	}
	return s
}
