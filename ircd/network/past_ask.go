package network

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
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

// maxAgain is how often all pages are asked for again because a channel was renamed meanwhile.
const maxAgain = 3

// catchUp asks a server for what has happened and is not known here. With tell, clients
// are told what was said: they have not seen anybody leave.
func (n *Network) catchUp(ctx context.Context, p *peer, tell bool) error {
	p.look()
	epoch, boot := p.age(), p.info().Boot
	q := n.wanted(p)
	q.Run = boot
	found := &found{n: n, p: p, boot: boot}
	defer found.end()
	var first *pastList
	for again := 0; ; {
		var list pastList
		if err := n.inquire(ctx, p, q, &list); err != nil {
			return err
		}
		if first != nil && list.Shifts != first.Shifts && again < maxAgain {
			again, first, q.Buffer, q.Since = again+1, nil, "", event.Stamp{} // what was moved may be missing
			continue
		}
		if first == nil {
			first = &list
			n.ledger.reach(list.Top)
		}
		if err := n.recallAll(ctx, p, list.Events, first.Up, found, tell); err != nil {
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
	if first.Whole && !slices.Contains(q.Live, p.sid) {
		p.catchIn(epoch)
	}
	return nil
}

// recallAll does recall for a page of events, but for those that are here.
func (n *Network) recallAll(ctx context.Context, p *peer, page []pastEvent, known map[string]event.Stamp, found *found, tell bool) error {
	missing := make([]past, 0, len(page))
	for _, x := range page {
		e, err := event.Decode(x.Event)
		if err != nil {
			return err
		}
		if !n.Clock.Observe(e.Stamp) {
			return errors.New("an event is of the future")
		}
		missing = append(missing, past{x.Buffer, e})
	}
	missing = n.without(ctx, missing, known)
	found.note(missing, known)
	for _, x := range missing {
		n.recall(p, x.buffer, x.Event, known, tell)
	}
	return nil
}

// A past is what has happened a while ago, with the buffer where it is kept elsewhere.
type past struct {
	buffer string
	*event.Event
}

// without returns a page without what is here for certain: it reads each buffer once, since
// to look for one event costs as much as to read a hundred.
func (n *Network) without(ctx context.Context, page []past, known map[string]event.Stamp) (rest []past) {
	if n.History == nil {
		return page
	}
	places := make([]string, len(page))
	span := map[string]*stretch{}
	for i, x := range page {
		places[i] = n.ledger.place(x.buffer, x.Event, known)
		s := span[places[i]]
		if s == nil {
			s = &stretch{x.Stamp, x.Stamp}
			span[places[i]] = s
		}
		if s.from.After(x.Stamp) {
			s.from = x.Stamp
		}
		s.to = latest(s.to, x.Stamp)
	}
	here := map[string]map[event.Stamp]bool{}
	for place, s := range span {
		here[place] = n.kept(ctx, place, *s, 4*len(page)+256)
	}
	for i, x := range page {
		if !here[places[i]][x.Stamp] {
			rest = append(rest, x)
		}
	}
	return rest
}

// kept returns the stamps of what a buffer has from one stamp to another, of the first events.
func (n *Network) kept(ctx context.Context, buffer string, s stretch, most int) map[event.Stamp]bool {
	all := map[event.Stamp]bool{}
	for from := earlier(s.from, 1); most > 0; most -= 256 {
		events, err := n.History.Query(ctx, buffer, history.After(after(from), 256))
		if err != nil || len(events) == 0 {
			break
		}
		for _, e := range events {
			all[e.Stamp] = true
		}
		if from = events[len(events)-1].Stamp; from.After(s.to) {
			break
		}
	}
	return all
}
