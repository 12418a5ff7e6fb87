package session

import (
	"math/bits"
	"sync"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/wire"
)

// An item of a queue is lines that follow each other in memory.
type item struct {
	b    []byte
	page *page // that holds b, or nil if b is shared and never modified
}

// A page holds lines made for one session alone.
type page struct {
	buf   []byte
	items int // of the queue that are here
}

const (
	pageSize    = 4 << 10 // the replies to a connection registration fit one
	backlogSize = 128     // items, at least; with lines of usual length, they fill a buffer
	bufferSize  = 16 << 10
)

var (
	pages    = sync.Pool{New: func() any { return &page{buf: make([]byte, 0, pageSize)} }}
	backlogs [5]sync.Pool // of *[]item, each twice as long as those of the one before
	buffers  = sync.Pool{New: func() any { return new([bufferSize]byte) }}
)

// A queue is what waits to be written, in order. The zero value is empty. It
// borrows memory from pools only while it needs it: most queues are empty, and
// most others hold one line.
type queue struct {
	items []item // those before head are written
	head  int
	size  int   // bytes
	tail  *page // to which the next own line is appended, or nil
	few   [2]item
	many  *[]item // in which items are, unless they are few
}

func (q *queue) empty() bool { return q.head == len(q.items) }

// push queues b, which is never modified.
func (q *queue) push(b []byte) {
	q.size += len(b)
	q.add(item{b: b})
}

// appendMessage queues m as read by a client with these capabilities and this language.
func (q *queue) appendMessage(m *wire.Message, has caps.Set, in *lang.Catalogue) {
	p := q.room()
	q.keep(p, m.AppendIn(p.buf, has, in))
}

// appendStencil queues a line that is filled in with a nick.
func (q *queue) appendStencil(s wire.Stencil, nick string) {
	p := q.room()
	q.keep(p, s.Append(p.buf, nick))
}

// appendTagged queues line with one more tag.
func (q *queue) appendTagged(line []byte, t wire.Tag) {
	p := q.room()
	q.keep(p, wire.AppendTagged(p.buf, line, t))
}

// room returns a page on which a line without many tags can be appended.
func (q *queue) room() *page {
	if q.tail == nil || cap(q.tail.buf)-len(q.tail.buf) < wire.MaxBody {
		q.leave()
		q.tail = pages.Get().(*page)
	}
	return q.tail
}

// keep queues what buf, made by appending to p.buf, has more than it.
func (q *queue) keep(p *page, buf []byte) {
	line := buf[len(p.buf):]
	if cap(buf) != cap(p.buf) { // it did not fit
		q.push(line)
		return
	}
	p.buf = buf
	q.size += len(line)
	if last := len(q.items) - 1; last >= q.head && q.items[last].page == p {
		b := &q.items[last].b
		*b = (*b)[:len(*b)+len(line)]
		return
	}
	p.items++
	q.add(item{line, p})
}

func (q *queue) add(it item) {
	if len(q.items) == cap(q.items) {
		q.grow()
	}
	q.items = append(q.items, it)
}

// grow makes room for at least one item.
func (q *queue) grow() {
	n := len(q.items)
	switch waiting := q.items[q.head:]; {
	case n == 0:
		q.items = q.few[:0]
	case q.head > n/2:
		copy(q.items, waiting)
		clear(q.items[len(waiting):])
		q.items, q.head = q.items[:len(waiting)], 0
	default:
		next := takeBacklog(max(2*n, backlogSize))
		q.items, q.head = append((*next)[:0], waiting...), 0
		clear(waiting) // where they were
		q.giveBack()
		q.many = next
	}
}

// giveBack returns the backlog, which is clear, to its pool.
func (q *queue) giveBack() {
	if q.many != nil {
		if p := backlogPool(len(*q.many)); p != nil {
			p.Put(q.many)
		}
		q.many = nil
	}
}

// takeBacklog returns a clear backlog of n items. A thousand who leave at once fill a
// thousand queues with some hundred lines, again and again: what is made anew for that is
// memory that the system has to give first.
func takeBacklog(n int) *[]item {
	if p := backlogPool(n); p != nil {
		if b, ok := p.Get().(*[]item); ok {
			return b
		}
	}
	b := make([]item, n)
	return &b
}

// backlogPool returns the pool of backlogs of n items, nil if there is none for so many.
func backlogPool(n int) *sync.Pool {
	if i := bits.Len(uint(n/backlogSize)) - 1; i < len(backlogs) {
		return &backlogs[i]
	}
	return nil
}

// gather returns what is to be written next: bytes that are shared, or as much
// as fits buf, copied there. The queue must not be empty.
func (q *queue) gather(buf []byte) []byte {
	if first := &q.items[q.head]; first.page == nil && (q.head+1 == len(q.items) || len(first.b) >= len(buf)) {
		return first.b
	}
	n := 0
	for i := q.head; i < len(q.items) && n < len(buf); i++ {
		n += copy(buf[n:], q.items[i].b)
	}
	return buf[:n]
}

// consume removes n bytes that have been written.
func (q *queue) consume(n int) {
	q.size -= n
	for n > 0 {
		it := &q.items[q.head]
		if n < len(it.b) {
			it.b = it.b[n:]
			return
		}
		n -= len(it.b)
		q.written(it)
		q.head++
	}
	if q.empty() {
		q.reset()
	}
}

// written forgets an item.
func (q *queue) written(it *item) {
	if p := it.page; p != nil {
		if p.items--; p.items == 0 && p != q.tail {
			p.free()
		}
	}
	*it = item{}
}

// forget empties the queue.
func (q *queue) forget() {
	for i := q.head; i < len(q.items); i++ {
		q.written(&q.items[i])
	}
	q.size = 0
	q.reset()
}

// reset gives back the memory of an empty queue.
func (q *queue) reset() {
	q.leave()
	q.items, q.head = q.few[:0], 0
	q.giveBack()
}

// leave makes the next own line begin a new page.
func (q *queue) leave() {
	if q.tail != nil && q.tail.items == 0 {
		q.tail.free()
	}
	q.tail = nil
}

func (p *page) free() {
	p.buf = p.buf[:0]
	pages.Put(p)
}
