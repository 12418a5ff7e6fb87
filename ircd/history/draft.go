package history

import (
	"strings"
	"sync"

	"github.com/parley-irc/parley/ircd/event"
)

// A draft is where an entry is written before its length is known. Every message passes
// through one.
type draft struct{ b []byte }

// largeDraft is from what size on a draft is not used again.
const largeDraft = 64 << 10

var drafts = sync.Pool{New: func() any { return &draft{b: make([]byte, 0, 1<<10)} }}

// write writes the entry of an event.
func (d *draft) write(e *event.Event) (err error) {
	d.b, err = appendEntry(d.b[:0], e)
	return err
}

func (d *draft) free() {
	if cap(d.b) <= largeDraft {
		drafts.Put(d)
	}
}

// A page holds the newest entries of a book, one after the other: a message alone would be
// a piece of memory, of which the garbage collector has to know. What is on it never
// changes. It is gone when none of its entries is loose any more.
type page struct{ b strings.Builder }

const (
	leastPage = 256
	mostPage  = 16 << 10
)

// write copies an entry to the page, or to a new one, which has room for as much again as
// the book has in loose entries: a quiet channel takes little.
func (p *page) write(entry []byte, loose int64) string {
	if p.b.Cap()-p.b.Len() < len(entry) {
		p.b.Reset()
		p.b.Grow(max(len(entry), int(min(max(loose, leastPage), mostPage))))
	}
	at := p.b.Len()
	_, _ = p.b.Write(entry) // cannot fail
	return p.b.String()[at:]
}

// end begins a new page with the next entry.
func (p *page) end() { p.b.Reset() }
