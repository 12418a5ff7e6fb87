package history

import (
	"maps"
	"sync"
)

// Debts are books with something that the journal has not been told. It asks for that when
// it is about to write: what has been replaced or removed by then, as messages that are in a
// block, it never hears of.
type debts struct {
	mu    sync.Mutex
	books []*book
	// names are changes by which buffers lose their records or get other names. They must
	// not be made without the others that are told at the same time.
	names map[string]Change
}

// A Journal makes durable what a Ring holds. It stores records under keys and
// knows nothing of what they mean.
type Journal interface {
	// Wake is called when there is something to Take. It is called under a lock and must
	// not wait.
	Wake()
}

// A Change sets a key to a record, or deletes it if the record is "".
type Change struct {
	Key, Record string
	// New says that there has been no record under the key: a journal that has not
	// written it when it is deleted need never write it.
	New bool
}

// Into makes a change to the changes of a transaction, by their keys.
func (c Change) Into(latest map[string]Change) {
	if before, ok := latest[c.Key]; ok {
		c.New = before.New
	}
	if latest[c.Key] = c; c.New && c.Record == "" {
		delete(latest, c.Key) // the file need not know
	}
}

// put has the journal told of changes to a book, whose lock is held.
func (r *Ring) put(b *book, changes ...Change) Ticket {
	if r.journal == nil || len(changes) == 0 {
		return 0
	}
	if b.pending == nil {
		b.pending = map[string]Change{}
	}
	for _, c := range changes {
		c.Into(b.pending)
	}
	return r.owe(b)
}

// owe has the journal told of a book, whose lock is held: of its changes, and of loose
// entries that are in no run.
func (r *Ring) owe(b *book) Ticket {
	if r.journal == nil {
		return 0
	}
	if !b.owed {
		b.owed = true
		r.debts.mu.Lock()
		r.debts.books = append(r.debts.books, b)
		first := len(r.debts.books) == 1
		r.debts.mu.Unlock()
		if first {
			r.journal.Wake()
		}
	}
	return Ticket(r.ticket.Add(1))
}

// rename is put for changes that others depend on. What a book that is removed has been
// about to tell goes with them.
func (r *Ring) rename(b *book, changes ...Change) Ticket {
	if r.journal == nil {
		return 0
	}
	d := &r.debts
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.names == nil {
		d.names = map[string]Change{}
	}
	if b.gone {
		for _, c := range b.pending {
			c.Into(d.names)
		}
		b.pending = nil
	}
	for _, c := range changes {
		c.Into(d.names)
	}
	r.journal.Wake()
	return Ticket(r.ticket.Add(1))
}

// Take returns what the journal has not been told, in groups that must each be made all or
// none, and the ticket up to which that is all. Together means that all the groups must be
// made in one transaction, in their order. Only one goroutine may call it.
func (r *Ring) Take() (groups [][]Change, together bool, last Ticket) {
	last = Ticket(r.ticket.Load())
	d := &r.debts
	d.mu.Lock()
	books := d.books
	d.books = nil
	d.mu.Unlock()
	for _, b := range books {
		if g := b.tell(); len(g) > 0 {
			groups = append(groups, g)
		}
	}
	d.mu.Lock() // at last, because what was just told may be because of them
	names := d.names
	d.names = nil
	d.mu.Unlock()
	if Ticket(r.ticket.Load()) > last { // for what was told, or was not, since
		r.journal.Wake()
	}
	if len(names) == 0 {
		return groups, false, last
	}
	g := make([]Change, 0, len(names))
	for c := range maps.Values(names) {
		g = append(g, c)
	}
	return append(groups, g), true, last
}

// tell returns what the journal has not been told of a book. What takes time is done without
// the lock.
func (b *book) tell() []Change {
	b.mu.Lock()
	pending := b.pending
	b.pending, b.owed = nil, false
	var made run
	var list []loose
	if !b.gone {
		made, list = b.store()
	}
	named := b.named()
	first := !b.gone && !b.written && (len(pending) > 0 || made.serial != 0)
	b.written = b.written || first
	b.mu.Unlock()

	changes := make([]Change, 0, len(pending)+2)
	if first {
		changes = append(changes, named)
	}
	for _, c := range pending {
		changes = append(changes, c)
	}
	if made.serial != 0 {
		key := runKey(b.id, made.serial)
		changes = append(changes, Change{Key: key, Record: runRecord(key, list), New: true})
	}
	return changes
}

// Pending returns how many changes the journal has not been told.
func (r *Ring) Pending() (n int) {
	r.debts.mu.Lock()
	books := r.debts.books
	n = len(r.debts.names)
	r.debts.mu.Unlock()
	for _, b := range books {
		b.mu.Lock()
		n += len(b.pending)
		if !b.gone {
			n += len(b.open) - b.stored
		}
		b.mu.Unlock()
	}
	return n
}

// Restart makes Records yield all there is, as the journal is about to write it anew, and
// returns the ticket up to which that is all. What has not been told need not be any more.
func (r *Ring) Restart() (last Ticket) {
	last = Ticket(r.ticket.Load())
	r.debts.mu.Lock()
	r.debts.names = nil
	r.debts.mu.Unlock()
	for _, b := range r.all() {
		b.mu.Lock()
		if b.gone {
			b.mu.Unlock()
			continue
		}
		b.unstore(0)
		made, _ := b.store()
		b.pending = nil
		b.written = b.written || made.serial != 0 || len(b.sealed) > 0
		b.mu.Unlock()
	}
	return last
}
