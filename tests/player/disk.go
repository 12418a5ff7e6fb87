package player

import (
	"context"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

// A paper is the history of a server with a disk that can be lost sight of: who is killed
// has what was written by then, and nothing else. It remembers how it came about.
type paper struct {
	history.Log
	open func() history.Log // returns an empty one
	lag  time.Duration      // until what is added is on the disk

	mu   sync.Mutex
	done []change
	torn bool // the server was killed: nothing is written any more
}

// A change is what was done to a history, and when.
type change struct {
	at   time.Time
	redo func(history.Log)
}

func newPaper(open func() history.Log, lag time.Duration) *paper {
	return &paper{Log: open(), open: open, lag: lag}
}

// tear returns what is left when the server is killed now.
func (p *paper) tear() *paper {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.torn = true
	left := newPaper(p.open, p.lag)
	for _, c := range p.done {
		if time.Since(c.at) < p.lag {
			break
		}
		c.redo(left.Log)
		left.done = append(left.done, c)
	}
	return left
}

// do makes a change, and returns a ticket for it.
func (p *paper) do(f func(history.Log)) history.Ticket {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f(p.Log); !p.torn {
		p.done = append(p.done, change{time.Now(), f})
	}
	return history.Ticket(len(p.done))
}

// Wait implements history.Log.
func (p *paper) Wait(ctx context.Context, t history.Ticket) error {
	p.mu.Lock()
	rest := time.Duration(0)
	if t > 0 && int(t) <= len(p.done) {
		rest = time.Until(p.done[t-1].at.Add(p.lag))
	}
	p.mu.Unlock()
	if rest > 0 {
		select {
		case <-time.After(rest):
		case <-ctx.Done():
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.torn {
		return history.ErrNotDurable
	}
	return ctx.Err()
}

// Append implements history.Log.
func (p *paper) Append(buffer string, e *event.Event) history.Ticket {
	kept := *e
	_, had := p.Get(buffer, e.ID())
	t := p.do(func(l history.Log) { l.Append(buffer, &kept) })
	if _, has := p.Get(buffer, e.ID()); had == nil || has != nil {
		return 0
	}
	return t
}

// Rewrite implements history.Log.
func (p *paper) Rewrite(buffer, msgid string, f func(*event.Event) *event.Event) (t history.Ticket, err error) {
	var made *event.Event
	t = p.do(func(l history.Log) {
		_, err = l.Rewrite(buffer, msgid, func(e *event.Event) *event.Event { made = f(e); return made })
	})
	return t, err
}

// Drop implements history.Log.
func (p *paper) Drop(buffer string) history.Ticket {
	return p.do(func(l history.Log) { l.Drop(buffer) })
}

// DropAuthor implements history.Log.
func (p *paper) DropAuthor(_ context.Context, account string, until event.Stamp) (count int, t history.Ticket, err error) {
	t = p.do(func(l history.Log) { count, _, err = l.DropAuthor(context.Background(), account, until) })
	return count, t, err
}

// Rename implements history.Log.
func (p *paper) Rename(buffer, name string) (t history.Ticket, err error) {
	t = p.do(func(l history.Log) { _, err = l.Rename(buffer, name) })
	return t, err
}
