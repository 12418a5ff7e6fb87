package network

import (
	"context"
	"errors"
	"maps"

	"github.com/parley-irc/parley/ircd/event"
)

// wanted returns what a server is asked for: what it has that is not here. What this server
// has said before it was killed, and published, others may have and it has not; so each is
// asked for that, too, once in each run of it.
func (n *Network) wanted(p *peer) query {
	q := query{Kind: askPast, Server: n.Clock.Server(), Up: n.points()}
	for _, other := range n.peers.sorted() {
		if other.isLinked() && other.isCaught() {
			q.Live = append(q.Live, other.sid) // it says so itself
		}
	}
	gave, turn := p.given()
	q.Turn = turn
	l := &n.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	if q.Asked = l.shelf.asked[p.sid]; !gave {
		q.Lost = &lost{From: l.shelf.ownFor(p.sid), To: event.Stamp{Ticks: l.shelf.begun.Ticks + slack}}
		q.Up[q.Server] = q.Lost.From // who does not know of Lost goes by this
	}
	return q
}

// ownFor returns up to when a server was asked for what this one has said.
func (s *shelf) ownFor(sid string) event.Stamp {
	if own, ok := s.own[sid]; ok {
		return own
	}
	return s.had
}

// catchUp asks a server for what has happened and is not known here. With tell, clients
// are told what was said: they have not seen anybody leave.
func (n *Network) catchUp(ctx context.Context, p *peer, tell bool) error {
	p.look()
	q, boot := n.wanted(p), p.info().Boot
	found := &found{n: n, p: p, boot: boot}
	defer found.end()
	var first *pastList
	for {
		var list pastList
		if err := n.inquire(ctx, p, q, &list); err != nil {
			return err
		}
		if first == nil {
			first = &list
			n.ledger.reach(list.Top)
		}
		if err := n.recallAll(p, list.Events, first.Up, found, tell); err != nil {
			return err
		}
		if !list.More {
			break
		}
		if list.Buffer == q.Buffer && !list.Since.After(q.Since) {
			return errors.New("the other server does not come to an end")
		}
		q.Buffer, q.Since = list.Buffer, list.Since
	}
	for _, sid := range q.Live { // of what it says, nothing was asked for
		delete(first.Up, sid)
		delete(first.Turn, sid)
	}
	maps.DeleteFunc(first.Up, func(_ string, s event.Stamp) bool { return !n.Clock.Observe(s) })
	n.ledger.advance(first.Up)
	n.ledger.ask(p.sid, first.Found)
	p.give(boot, first.Turn)
	if n.peers.none(met) {
		n.caughtUp.Store(true)
	}
	if first.Whole {
		p.catch(true)
	}
	return nil
}

// recallAll does recall for a page of events.
func (n *Network) recallAll(p *peer, page []pastEvent, known map[string]event.Stamp, found *found, tell bool) error {
	events := make([]*event.Event, len(page))
	for i, x := range page {
		e, err := event.Decode(x.Event)
		if err != nil {
			return err
		}
		if !n.Clock.Observe(e.Stamp) {
			return errors.New("an event is of the future")
		}
		events[i] = e
	}
	found.note(page, events, known)
	for i, e := range events {
		n.recall(p, page[i].Buffer, e, known, tell)
	}
	return nil
}
