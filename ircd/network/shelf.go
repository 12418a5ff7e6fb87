package network

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

// A shelf is what this server knows of its history, and of what others have for it. All
// of it is by SID. The lock of the ledger guards it.
type shelf struct {
	up    map[string]event.Stamp // see Network.points
	top   map[string]event.Stamp // nothing that is here is later
	turn  map[string]uint64      // counts what came in this run
	asked map[string]event.Stamp // with which of its finds each server was asked last
	finds []*event.Find

	begun event.Stamp            // this run
	own   map[string]event.Stamp // up to when each was asked for what this server said, before that
	had   event.Stamp            // own of one that is not there

	saved event.Points // guarded by ledger.saving
	last  event.Stamp  // of the event that has them
}

func newShelf() shelf {
	some := func() map[string]event.Stamp { return map[string]event.Stamp{} }
	return shelf{up: some(), top: some(), asked: some(), own: some(), turn: map[string]uint64{}}
}

// load takes over what an earlier run has saved.
func (s *shelf) load(p event.Points, at event.Stamp, self string) {
	for _, of := range []struct{ to, from map[string]event.Stamp }{{s.up, p.Up}, {s.top, p.Top}, {s.own, p.Own}, {s.asked, p.Asked}} {
		maps.Copy(of.to, of.from)
	}
	s.had, s.saved, s.last = p.Up[self], p, at
	s.finds = nil
	for _, f := range p.Finds {
		if f.At.IsZero() { // it may have come in part
			f.At = s.begun
		}
		s.finds = append(s.finds, &f)
	}
}

// lately is how long before the points were saved something may have happened that came
// afterwards, unless that has been noted before.
const lately = time.Minute

// lookThrough finds out what has come since the points were saved.
func (n *Network) lookThrough() error {
	s := &n.ledger.shelf
	since := history.Point{}
	if len(s.saved.Top) > 0 {
		since = history.Of(event.At(s.last.Time().Add(-lately)))
	}
	for _, buffer := range n.History.Buffers() {
		for at := since; ; {
			events, err := n.History.Query(context.Background(), buffer, history.After(at, 1024))
			if err != nil {
				return err
			}
			for _, e := range events {
				raise(s.top, e.Stamp)
			}
			if len(events) < 1024 {
				break
			}
			at = history.Of(events[len(events)-1].Stamp)
		}
	}
	return nil
}

// raise notes a stamp if there is no later one of the same server.
func raise(all map[string]event.Stamp, s event.Stamp) {
	if s.After(all[s.Server]) {
		all[s.Server] = s
	}
}

// points returns up to when this server has all that was kept of what happened on each,
// by SID. What it said itself in an earlier run may be known to others alone.
func (n *Network) points() map[string]event.Stamp {
	l := &n.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	all := maps.Clone(l.shelf.up)
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
		if s.After(l.shelf.up[sid]) {
			l.shelf.up[sid] = s
		}
	}
}

// came notes that what happened on another server is here, if it was kept there. With whole,
// all before it is, too.
func (l *ledger) came(at event.Stamp, kept, whole bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if whole {
		raise(l.shelf.up, at)
	}
	if kept {
		raise(l.shelf.top, at)
		l.shelf.turn[at.Server]++
	}
}

// savePoints keeps what the shelf says, so that after a restart the server asks for no more
// than it has missed. It is written behind what it is about.
func (n *Network) savePoints(now bool) {
	if n.History == nil {
		return
	}
	s := &n.ledger.shelf
	n.ledger.saving.Lock()
	defer n.ledger.saving.Unlock()
	p := n.pointsToSave()
	if !now && maps.EqualFunc(p.Up, s.saved.Up, func(a, b event.Stamp) bool { return a.Time().Sub(b.Time()) < pointsEvery }) {
		return
	}
	e := n.event(Actor{}, p)
	n.History.Append(ledgerBuffer, e)
	if !s.last.IsZero() {
		_, _ = n.History.Rewrite(ledgerBuffer, s.last.ID(), func(*event.Event) *event.Event { return nil })
	}
	s.last, s.saved = e.Stamp, p
}

func (n *Network) pointsToSave() event.Points {
	given, now, members := n.peers.givers(), n.Clock.Stamp(), n.others()
	up, l := n.points(), &n.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	s := &l.shelf
	p := event.Points{Up: up, Top: maps.Clone(s.top), Own: maps.Clone(s.own), Asked: maps.Clone(s.asked)}
	for _, sid := range members { // the others were not there when this run had said something
		p.Own[sid] = s.ownFor(sid)
	}
	for _, sid := range given {
		p.Own[sid] = now
	}
	for _, f := range s.finds {
		p.Finds = append(p.Finds, *f)
	}
	return p
}

// others returns all other servers of the network, also those that were never up in this run.
func (n *Network) others() (all []string) {
	for sid := range n.World.Servers() {
		all = append(all, sid)
	}
	for _, p := range n.Link.Peers() {
		all = append(all, p.SID)
	}
	return slices.DeleteFunc(all, func(sid string) bool { return sid == n.Clock.Server() })
}

// pointsEvery is how old what is kept of the points may be.
const pointsEvery = time.Minute
