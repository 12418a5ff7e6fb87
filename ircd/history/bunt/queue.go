package bunt

import (
	"context"
	"fmt"
	"sync"

	"github.com/parley-irc/parley/ircd/history"
)

// A queue holds the changes that have not been written. It is the Journal of the
// ring: tickets number its groups.
type queue struct {
	mu      sync.Mutex
	groups  [][]history.Change // parts of pages
	page    []history.Change   // the last one
	changes int
	bytes   int64 // of groups
	most    int64
	last    history.Ticket // of the last group
	done    history.Ticket // all up to it are durable
	failed  error          // why the others are not
	lost    bool           // groups were forgotten
	closed  bool
	turn    chan struct{} // closed when done, failed or closed changes
	wake    chan struct{} // capacity 1, as hurry
	hurry   chan struct{} // somebody has begun to wait
	awaited history.Ticket
}

func (q *queue) begin(most int64) {
	if most <= 0 {
		most = 64 << 20
	}
	q.most, q.turn = most, make(chan struct{})
	q.wake, q.hurry = make(chan struct{}, 1), make(chan struct{}, 1)
}

// Put implements history.Journal.
func (q *queue) Put(group []history.Change) history.Ticket {
	q.mu.Lock()
	q.last++
	t := q.last
	if !q.closed && !q.lost {
		q.groups = append(q.groups, q.keep(group))
		q.changes += len(group)
		q.bytes += sizeOf(group)
		if q.bytes > q.most {
			q.forget()
			q.lost = true
		}
	}
	q.mu.Unlock()
	q.signal()
	return t
}

// A page holds the changes of many groups, so that one alone costs no memory of its
// own. When all of it has been written it is used again.
const pageSize = 1024

// keep copies a group to a page.
func (q *queue) keep(group []history.Change) []history.Change {
	if cap(q.page)-len(q.page) < len(group) {
		q.page = make([]history.Change, 0, max(pageSize, len(group)))
	}
	n := len(q.page)
	q.page = append(q.page, group...)
	return q.page[n:len(q.page):len(q.page)]
}

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func sizeOf(group []history.Change) (n int64) {
	const each = 64 // about what a change takes besides its strings
	for _, c := range group {
		n += int64(len(c.Key)+len(c.Record)) + each
	}
	return n
}

func (q *queue) forget() { q.groups, q.page, q.changes, q.bytes = nil, nil, 0, 0 }

// A batch is groups that are written in one commit.
type batch struct {
	groups [][]history.Change
	last   history.Ticket
}

// peek returns the first groups, up to about n changes. They stay in the queue
// until they are durable.
func (q *queue) peek(n int) batch {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := 0
	for i < len(q.groups) && n > 0 {
		n -= len(q.groups[i])
		i++
	}
	return batch{q.groups[:i:i], q.last - history.Ticket(len(q.groups)-i)}
}

// wrote removes a batch that peek has returned, and clears it: what it refers to may
// have to be forgotten.
func (q *queue) wrote(b batch) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.lost {
		return
	}
	for i, g := range b.groups {
		q.changes -= len(g)
		q.bytes -= sizeOf(g)
		clear(g)
		b.groups[i] = nil
	}
	if q.groups = q.groups[len(b.groups):]; len(q.groups) > 0 {
		return
	}
	q.groups, q.page = b.groups[:0], q.page[:0]
	if cap(q.groups) > pageSize || cap(q.page) > pageSize { // after a storm
		q.groups, q.page = nil, nil
	}
}

// restart forgets all groups, because everything is about to be written anew. It
// returns the ticket up to which that covers them.
func (q *queue) restart() history.Ticket {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.forget()
	q.lost = false
	return q.last
}

// settle notes that all up to t is durable, and reports whether that ends a failure.
func (q *queue) settle(t history.Ticket) (recovered bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	recovered = q.failed != nil
	q.done, q.failed = max(q.done, t), nil
	q.broadcast()
	return recovered
}

// fail notes that nothing more can be made durable now, and reports whether
// that was not known.
func (q *queue) fail(err error) (first bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	first = q.failed == nil
	q.failed = err
	q.broadcast()
	return first
}

func (q *queue) broadcast() {
	close(q.turn)
	q.turn = make(chan struct{})
}

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.broadcast()
}

// wait returns when t is durable, or known not to be for now.
func (q *queue) wait(ctx context.Context, t history.Ticket, relaxed bool) error {
	for {
		q.mu.Lock()
		done, failed, lost, closed, turn := q.done, q.failed, q.lost, q.closed, q.turn
		q.mu.Unlock()
		switch {
		case t <= done:
			return nil
		case closed:
			return history.ErrClosed
		case failed != nil:
			return fmt.Errorf("%w: %w", history.ErrNotDurable, failed)
		case lost:
			return fmt.Errorf("%w: the disk is too slow", history.ErrNotDurable)
		case relaxed:
			return nil
		}
		q.await(t)
		select {
		case <-turn:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// await notes that somebody waits for t.
func (q *queue) await(t history.Ticket) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if t > q.awaited {
		q.awaited = t
		select {
		case q.hurry <- struct{}{}:
		default:
		}
	}
}

// urgent reports whether somebody waits for what is not durable.
func (q *queue) urgent() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.awaited > q.done
}

func (q *queue) state() (pending int, degraded bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.changes, q.failed != nil || q.lost
}

func (q *queue) isLost() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.lost
}
