package network

import (
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/state"
)

// Every server keeps the whole history. Where something happens it is decided in which
// buffers it is kept, and all others follow. Of every other server a server knows a
// point in time up to which it has everything. When it meets one that has more, of its
// own or of a third server, it asks for that, a page at a time: so what a server has
// said before it died comes to all through those who heard it.

// follow keeps an event of another server where that has kept it, and returns what
// clients are to be told: a message may have been edited before it comes, and is nil if it
// was removed.
func (n *Network) follow(e *event.Event) *event.Event {
	if n.History == nil {
		return e
	}
	told := e
	for _, buffer := range e.Kept {
		if buffer == ledgerBuffer {
			n.file(buffer, e, nil)
			continue
		}
		name, now, keeps := n.filed(buffer, e, nil)
		var t history.Ticket // of what was added
		if keeps {
			name, t = n.shelve(name, now, buffer, nil)
		}
		if _, said := e.Body.(event.MessageSent); !said {
			continue
		}
		if told = now; now == nil || t == 0 && n.History.Redacted(name, e.ID()) {
			return nil
		}
	}
	return told
}

// file keeps an event of another server in a buffer, unless it is there already or not
// to be kept any more. It reports whether it was. known is up to when whoever has it in
// that buffer knows of those that were moved.
func (n *Network) file(buffer string, e *event.Event, known map[string]event.Stamp) (isNew bool) {
	if buffer == ledgerBuffer {
		if n.holds(buffer, e.ID()) {
			return false
		}
		if edit, ok := e.Body.(event.Edited); ok && n.History.Redacted(n.ledger.place(edit.Buffer, e, known), edit.MsgID) {
			return false // nothing of the message is to be left
		}
		n.ledger.enter(e)
		n.History.Append(buffer, e)
		n.ledger.came(e.Stamp, true, false)
		return true
	}
	name, now, keeps := n.filed(buffer, e, known)
	if !keeps || n.holds(name, e.ID()) {
		return false
	}
	name, _ = n.shelve(name, now, buffer, known)
	n.ledger.came(e.Stamp, true, false)
	return n.holds(name, e.ID()) // or else it was redacted
}

// shelve adds an event to a buffer, and returns the one in which it is then. Since it was
// asked which one that is, a channel may have been renamed: whoever has moved its history
// has not seen this event, but has noted the shift before.
func (n *Network) shelve(name string, now *event.Event, buffer string, known map[string]event.Stamp) (string, history.Ticket) {
	t := n.History.Append(name, now)
	for to := n.ledger.place(buffer, now, known); to != name; to = n.ledger.place(buffer, now, known) {
		n.History.Append(to, now)
		_, _ = n.History.Rewrite(name, now.ID(), func(*event.Event) *event.Event { return nil }) // it may be gone
		name = to
	}
	return name, t
}

// filed returns the name that a buffer has by now, and what an event of it is by now: nil
// if its author is forgotten. It reports whether that is to be kept.
func (n *Network) filed(buffer string, e *event.Event, known map[string]event.Stamp) (name string, now *event.Event, keeps bool) {
	if b, ok := e.Body.(event.Killed); ok { // it is kept as what others have seen
		quit := *e
		quit.UID, quit.Source, quit.Account, quit.Bot, quit.Oper = b.Target, b.Source, b.Account, false, ""
		quit.Body = event.Quit{Reason: b.Quit}
		e = &quit
	}
	name = n.ledger.place(buffer, e, known)
	keeps = n.shelves(name)
	now = n.ledger.amended(e)
	return name, now, keeps && now != nil && !n.ledger.end(name).After(e.Stamp)
}

// shelves reports whether anything is to be kept in a buffer.
func (n *Network) shelves(buffer string) (keeps bool) {
	if a, b, direct := history.Parties(buffer); direct {
		one, other := n.withIdentity(a), n.withIdentity(b)
		if n.goneGuest(a) || n.goneGuest(b) {
			return false // it ends with the guest
		}
		return one == nil || other == nil || n.boundTalk(buffer, one.Account(), other.Account())
	}
	keeps = true
	if ch := n.World.Channel(buffer); ch != nil {
		ch.View(func(v state.View) { keeps = n.bound(v, ch) })
	}
	return keeps
}

// recall keeps an event that has happened a while ago, and does what follows from it.
func (n *Network) recall(p *peer, buffer string, e *event.Event, known map[string]event.Stamp, tell bool) {
	if n.History == nil || e.Body == nil {
		return
	}
	by := Actor{User: n.World.ByUID(e.UID)}
	switch b := e.Body.(type) {
	case event.Redacted:
		if n.file(buffer, e, known) && n.holds(n.whereabouts(b.Buffer, b.MsgID), b.MsgID) {
			n.applyRedact(by, e, b)
		}
	case event.Edited:
		if n.file(buffer, e, known) {
			n.applyEdit(by, e, b)
		}
	case event.Ended:
		if n.file(buffer, e, known) {
			n.applyEnded(b)
		}
	case event.Moved:
		defer n.shifting.begin()()
		if n.file(buffer, e, known) {
			n.applyMoved(e, b, false)
		}
	case event.Forgotten:
		if n.file(buffer, e, known) {
			go n.dropAuthor(b.Account, e.Stamp)
		}
	case event.MessageSent:
		if n.file(buffer, e, known) && (tell || b.To != "") {
			p.tell(e.Stamp)
			if now := n.ledger.amended(e); now != nil {
				n.tellLate(by, now, now.Body.(event.MessageSent))
			}
		}
	default:
		n.file(buffer, e, known)
	}
}

func (n *Network) holds(buffer, msgid string) bool {
	_, err := n.History.Get(buffer, msgid)
	return err == nil
}

// tellLate tells clients what was said a while ago, at the time when it was. A message
// to somebody who was out of reach is one of these: it is not lost.
func (n *Network) tellLate(by Actor, e *event.Event, b event.MessageSent) {
	if by.User != nil {
		n.applyMessage(by, e, b)
		return
	}
	if target := n.World.ByUID(b.To); b.To != "" && target != nil && !b.OpsOnly {
		target.Deliver(messageFrame(e, b), nil)
	}
}
