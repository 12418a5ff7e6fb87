package bunt

import (
	"context"
	"fmt"
	"sync"

	"github.com/parley-irc/parley/ircd/history"
)

// A queue is where those wait who want to know when a change is durable. It is the Journal
// of the ring, which has the changes.
type queue struct {
	mu      sync.Mutex
	done    history.Ticket // all up to it are durable
	failed  error          // why the others are not
	closed  bool
	turn    chan struct{} // closed when done, failed or closed changes
	wake    chan struct{} // capacity 1, as hurry
	hurry   chan struct{} // somebody has begun to wait
	awaited history.Ticket
}

func (q *queue) begin() {
	q.turn = make(chan struct{})
	q.wake, q.hurry = make(chan struct{}, 1), make(chan struct{}, 1)
}

// Wake implements history.Journal.
func (q *queue) Wake() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// settle notes that all up to t is durable, and reports whether that ends a failure.
func (q *queue) settle(t history.Ticket) (recovered bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if recovered = q.failed != nil; !recovered && t <= q.done {
		return false
	}
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
		done, failed, closed, turn := q.done, q.failed, q.closed, q.turn
		q.mu.Unlock()
		switch {
		case t <= done:
			return nil
		case closed:
			return history.ErrClosed
		case failed != nil:
			return fmt.Errorf("%w: %w", history.ErrNotDurable, failed)
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

// degraded reports whether nothing can be made durable now.
func (q *queue) degraded() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.failed != nil
}
