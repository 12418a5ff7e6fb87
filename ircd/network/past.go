package network

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/fxamacker/cbor/v2"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/state"
)

// Every server keeps the whole history. Where something happens it is decided in which
// buffers it is kept, and all others follow. Of every other server a server knows a
// point in time up to which it has everything. When it meets one that has more, of its
// own or of a third server, it asks for that, a page at a time: so what a server has
// said before it died comes to all through those who heard it.

// pastPage is how many bytes of events a page has, about.
const pastPage = 256 << 10

// slack is how much more is asked for than is missing, in ticks: events of one server
// may be published in another order than that of their stamps.
const slack = 10_000 << 16

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
		if keeps {
			n.History.Append(name, now)
		}
		if _, said := e.Body.(event.MessageSent); !said {
			continue
		}
		if told = now; now == nil || n.History.Redacted(name, e.ID()) {
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
		return true
	}
	name, now, keeps := n.filed(buffer, e, known)
	if !keeps || n.holds(name, e.ID()) {
		return false
	}
	n.History.Append(name, now)
	return n.holds(name, e.ID()) // or else it was redacted
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

// A pastEvent is an event with the buffer it is kept in.
type pastEvent struct {
	Buffer string `cbor:"1,keyasint"`
	Event  []byte `cbor:"2,keyasint"`
}

// pastList is the answer to askPast. Unless More is false it ends behind the event Since
// of Buffer. Up is what the server has; Whole means that this is all it has ever said.
type pastList struct {
	Events []pastEvent            `cbor:"1,keyasint"`
	More   bool                   `cbor:"2,keyasint,omitempty"`
	Buffer string                 `cbor:"3,keyasint,omitempty"`
	Since  event.Stamp            `cbor:"4,keyasint,omitzero"`
	Up     map[string]event.Stamp `cbor:"5,keyasint"`
	Whole  bool                   `cbor:"6,keyasint,omitempty"`
}

func (n *Network) answerPast(ctx context.Context, q *query) ([]byte, error) {
	list := pastList{Whole: n.caughtUp.Load(), Up: n.points()}
	behind := map[string]event.Stamp{}
	first := event.Stamp{}
	offers := maps.Clone(list.Up)
	offers[n.Clock.Server()] = n.Clock.Stamp()
	for sid, up := range offers {
		if had := q.Up[sid]; up.After(had) {
			had.Ticks -= min(had.Ticks, slack)
			if behind[sid] = had; len(behind) == 1 || first.After(had) {
				first = had
			}
		}
	}
	if n.History == nil || len(behind) == 0 {
		return cbor.Marshal(list)
	}
	size := 0
	for _, buffer := range n.buffers() {
		if buffer < q.Buffer && q.Buffer != ledgerBuffer || buffer == ledgerBuffer && q.Buffer != "" && q.Buffer != ledgerBuffer {
			continue
		}
		from := first
		if buffer == q.Buffer && q.Since.After(from) {
			from = q.Since
		}
		for ctx.Err() == nil {
			events, err := n.History.Query(ctx, buffer, history.After(after(from), 256))
			if err != nil {
				return nil, err
			}
			for _, e := range events {
				from = e.Stamp
				had, missed := behind[e.Server]
				if _, own := e.Body.(event.Points); own || !missed || !e.Stamp.After(had) {
					continue
				}
				b, err := n.encode(e)
				if err != nil {
					return nil, err
				}
				list.Events = append(list.Events, pastEvent{buffer, b})
				if size += len(b) + len(buffer); size >= pastPage {
					list.More, list.Buffer, list.Since = true, buffer, from
					return cbor.Marshal(list)
				}
			}
			if len(events) < 256 {
				break
			}
		}
	}
	return cbor.Marshal(list)
}

// after is the point behind an event, none for no event.
func after(s event.Stamp) history.Point {
	if s.IsZero() {
		return history.Point{}
	}
	return history.Of(s)
}

// buffers returns the names of all buffers, that of the ledger first: what was removed
// is known then before copies of it come.
func (n *Network) buffers() []string {
	all := n.History.Buffers()
	slices.SortFunc(all, func(a, b string) int {
		if ours, theirs := a == ledgerBuffer, b == ledgerBuffer; ours != theirs {
			if ours {
				return -1
			}
			return 1
		}
		return cmp.Compare(a, b)
	})
	return all
}

// wanted returns the points from which on a server is asked for what has happened. What this
// server has said before it was killed, and published, others may have and it has not: so
// each is asked once for that, too.
func (n *Network) wanted(p *peer) map[string]event.Stamp {
	up := n.points()
	if !p.hasGivenBack() {
		up[n.Clock.Server()] = n.ledger.own
	}
	return up
}

// catchUp asks a server for what has happened and is not known here. With tell, clients
// are told what was said: they have not seen anybody leave.
func (n *Network) catchUp(ctx context.Context, p *peer, tell bool) error {
	q := query{Kind: askPast, Up: n.wanted(p)}
	var up map[string]event.Stamp
	whole := false
	for {
		var list pastList
		if err := n.inquire(ctx, p, q, &list); err != nil {
			return err
		}
		if up == nil {
			up, whole = list.Up, list.Whole
		}
		for _, x := range list.Events {
			e, err := event.Decode(x.Event)
			if err != nil {
				return err
			}
			if !n.Clock.Observe(e.Stamp) {
				return errors.New("an event is of the future")
			}
			n.recall(p, x.Buffer, e, up, tell)
		}
		if !list.More {
			break
		}
		if list.Buffer == q.Buffer && !list.Since.After(q.Since) {
			return errors.New("the other server does not come to an end")
		}
		q.Buffer, q.Since = list.Buffer, list.Since
	}
	for sid, s := range up {
		if !n.Clock.Observe(s) {
			delete(up, sid)
		}
	}
	n.ledger.advance(up)
	p.giveBack()
	if n.peers.none(met) {
		n.caughtUp.Store(true)
	}
	if whole {
		p.catch()
	}
	return nil
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
