package network

import (
	"context"
	"sync"

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
	shelf     shelf                     // what there is
	saving    sync.Mutex                // held while that is saved
}

// openLedger reads the ledger.
func (n *Network) openLedger() {
	l := &n.ledger
	l.edits, l.forgotten = map[string][]*event.Event{}, map[string]event.Stamp{}
	l.ended = map[string]event.Stamp{}
	l.moves, l.left = nil, map[string]bool{}
	l.shelf = newShelf()
	l.shelf.begun = n.Clock.Stamp()
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
			l.shelf.load(p, e.Stamp, n.Clock.Server())
			continue
		}
		l.enter(e)
	}
	n.redo(all)
	if err := n.lookThrough(); err != nil {
		n.Log.Error("the history does not read", "error", err)
	}
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
