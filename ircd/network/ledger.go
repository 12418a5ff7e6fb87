package network

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

// ledgerBuffer is the buffer of what is done to the history itself, and what servers
// know of each other's. It is nobody's to read: no channel or conversation is called so.
const ledgerBuffer = "*"

// ledgerLimits bound it, far beyond what is usual.
var ledgerLimits = history.Limits{Count: 1 << 18, Bytes: 64 << 20}

// A ledger is what the buffer says. Messages come from several servers, in any order:
// what was done to one that is not here yet is done when it comes.
type ledger struct {
	mu        sync.Mutex
	edits     map[string][]*event.Event // by the msgid of what was edited
	forgotten map[string]event.Stamp    // by account: what it had said by then is gone
	ended     map[string]event.Stamp    // by buffer: what was there before is gone
	moves     []shift                   // of buffers, in the order of their stamps
	left      map[string]bool           // the buffers from which they are
	points    map[string]event.Stamp    // by SID: see Network.points
	saved     map[string]event.Stamp    // as they are in the buffer
	last      event.Stamp               // of the event that has them
	own       event.Stamp               // what this server itself had by then, at its start
}

// openLedger reads the ledger.
func (n *Network) openLedger() {
	l := &n.ledger
	l.edits, l.forgotten = map[string][]*event.Event{}, map[string]event.Stamp{}
	l.ended = map[string]event.Stamp{}
	l.moves, l.left = nil, map[string]bool{}
	l.points, l.saved = map[string]event.Stamp{}, map[string]event.Stamp{}
	if n.History == nil {
		return
	}
	n.History.SetPolicy(ledgerBuffer, history.Policy{Limits: ledgerLimits})
	all, err := n.History.Query(context.Background(), ledgerBuffer, history.After(history.Point{}, ledgerLimits.Count))
	if err != nil {
		n.Log.Error("what was done to the history does not read", "error", err)
	}
	for _, e := range all {
		if p, ok := e.Body.(event.Points); ok {
			l.points, l.saved, l.last = p.Up, maps.Clone(p.Up), e.Stamp
			continue
		}
		l.enter(e)
	}
	l.own = l.points[n.Clock.Server()]
}

// enter notes an event of the ledger.
func (l *ledger) enter(e *event.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch b := e.Body.(type) {
	case event.Edited:
		l.edits[b.MsgID] = append(l.edits[b.MsgID], e)
	case event.Ended:
		if b.Until.After(l.ended[b.Buffer]) {
			l.ended[b.Buffer] = b.Until
		}
	case event.Moved:
		l.move(shift{e.Stamp, b})
	case event.Forgotten:
		if e.Stamp.After(l.forgotten[b.Account]) {
			l.forgotten[b.Account] = e.Stamp
		}
	}
}

// end returns before when nothing of a buffer is kept, zero if there is no such bound.
func (l *ledger) end(buffer string) event.Stamp {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ended[buffer]
}

// takeEdits removes the edits of a message, and returns them.
func (l *ledger) takeEdits(msgid string) []*event.Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	edits := l.edits[msgid]
	delete(l.edits, msgid)
	return edits
}

// amended returns a message as it is by now, nil if it is not to be kept any more.
func (l *ledger) amended(e *event.Event) *event.Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	if until, ok := l.forgotten[e.Account]; ok && e.Account != "" && !e.Stamp.After(until) {
		return nil
	}
	m, ok := e.Body.(event.MessageSent)
	edits := l.edits[e.ID()]
	if !ok || len(edits) == 0 {
		return e
	}
	made := *e
	for _, edit := range edits {
		b := edit.Body.(event.Edited)
		m, _ = m.Edit(e.Stamp, event.Wording{At: edit.Stamp, Text: b.Message.Text, Lines: b.Message.Lines})
	}
	made.Body = m
	return &made
}

// points returns up to when this server has all that was kept of what happened on each,
// by SID. What it said itself in an earlier run may be known to others alone.
func (n *Network) points() map[string]event.Stamp {
	l := &n.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	all := maps.Clone(l.points)
	if n.caughtUp.Load() {
		all[n.Clock.Server()] = n.Clock.Stamp()
	}
	return all
}

// advance notes that everything up to these stamps is here.
func (l *ledger) advance(up map[string]event.Stamp) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for sid, s := range up {
		if s.After(l.points[sid]) {
			l.points[sid] = s
		}
	}
}

// savePoints keeps the points, so that after a restart the server asks for no more than
// it has missed. They are written behind what they are about.
func (n *Network) savePoints() {
	if n.History == nil {
		return
	}
	up, l := n.points(), &n.ledger
	l.mu.Lock()
	last, same := l.last, maps.EqualFunc(up, l.saved, func(a, b event.Stamp) bool { return a.Time().Sub(b.Time()) < pointsEvery })
	l.mu.Unlock()
	if same {
		return
	}
	e := n.event(Actor{}, event.Points{Up: up})
	n.History.Append(ledgerBuffer, e)
	if !last.IsZero() {
		_, _ = n.History.Rewrite(ledgerBuffer, last.ID(), func(*event.Event) *event.Event { return nil })
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last, l.saved = e.Stamp, up
}

// pointsEvery is how old what is kept of the points may be.
const pointsEvery = time.Minute
