package network

import (
	"maps"
	"slices"

	"github.com/parley-irc/parley/ircd/event"
)

// Who has all up to a point asks for no more than what is later. So a server that gets what
// is earlier, since one that was killed had it no more and a third one has, tells all others of
// its find, and they ask for it. It keeps a note of the find from before it has it, so that a
// server that is away now, or is killed, hears of it at last.

// maxFinds is of how many finds notes are kept, about.
const maxFinds = 64

// inventory returns what answers are about.
func (l *ledger) inventory() (top map[string]event.Stamp, turn map[string]uint64, found event.Stamp) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range l.shelf.finds {
		found = latest(found, f.At)
	}
	return maps.Clone(l.shelf.top), maps.Clone(l.shelf.turn), found
}

// foundSince returns what was found since one has asked for it.
func (l *ledger) foundSince(asked event.Stamp) (all []event.Find) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range l.shelf.finds {
		if f.At.IsZero() || f.At.After(asked) {
			all = append(all, *f)
		}
	}
	return all
}

// ask notes that a server was asked for what it has found.
func (l *ledger) ask(sid string, found event.Stamp) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if found.After(l.shelf.asked[sid]) {
		l.shelf.asked[sid] = found
	}
}

// reach notes that what is about to come may be as late as that.
func (l *ledger) reach(top map[string]event.Stamp) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range top {
		raise(l.shelf.top, s)
	}
}

// found is what is found in the answer of a server.
type found struct {
	n    *Network
	p    *peer
	boot string
	all  []*event.Find
}

// note notes what others have to be told of a page, and whatever would not be known after a
// restart otherwise, before it is kept.
func (f *found) note(missing []past, known map[string]event.Stamp) {
	n, worth := f.n, false
	for _, x := range missing {
		worth = worth || n.isOld(x.Stamp)
		if f.isFind(x.Event) && n.lacks(x.buffer, x.Event, known) {
			worth = true
			f.add(x.Stamp)
		}
	}
	if worth {
		n.savePoints(true)
	}
}

// isFind reports whether an event may be one that others seem to have: its server has been
// restarted since, and somebody else has it.
func (f *found) isFind(e *event.Event) bool {
	n := f.n
	if e.Server == n.Clock.Server() {
		return true
	}
	if e.Server == f.p.sid && f.p.info().Boot == f.boot {
		return false
	}
	s, known := n.peers.known(e.Server)
	run, ok := event.ParseID(s.Boot + s.SID)
	return known && ok && run.After(e.Stamp)
}

func (f *found) add(at event.Stamp) {
	l := &f.n.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(f.all, func(x *event.Find) bool { return x.From.Server == at.Server })
	if i < 0 {
		find := &event.Find{From: at, To: at}
		f.all = append(f.all, find)
		l.shelf.finds = append(l.shelf.finds, find)
		return
	}
	if find := f.all[i]; find.From.After(at) {
		find.From = at
	} else {
		find.To = latest(find.To, at)
	}
}

// end tells the others of what was found, now that it is here.
func (f *found) end() {
	if len(f.all) == 0 {
		return
	}
	n, l := f.n, &f.n.ledger
	l.mu.Lock()
	for _, find := range f.all {
		find.At = n.Clock.Stamp()
	}
	l.forgetFinds()
	l.mu.Unlock()
	n.publish(n.event(Actor{}, event.Found{}))
}

// forgetFinds makes one note of two, if there are many. The lock is held.
func (l *ledger) forgetFinds() {
	all := l.shelf.finds
	for i := 0; len(all) > maxFinds && i < len(all); i++ {
		old := all[i]
		j := i + 1 + slices.IndexFunc(all[i+1:], func(f *event.Find) bool { return f.From.Server == old.From.Server })
		if j == i || old.At.IsZero() || all[j].At.IsZero() {
			continue
		}
		if all[j].From.After(old.From) {
			all[j].From = old.From
		}
		all[j].To, all[j].At = latest(all[j].To, old.To), latest(all[j].At, old.At)
		all = slices.Delete(all, i, i+1)
		i--
	}
	l.shelf.finds = all
}

// isOld reports whether lookThrough would not find what has this stamp.
func (n *Network) isOld(at event.Stamp) bool {
	n.ledger.saving.Lock()
	defer n.ledger.saving.Unlock()
	s := &n.ledger.shelf
	return s.last.Time().Sub(at.Time()) >= lately && at.After(s.saved.Top[at.Server])
}

// lacks reports whether an event is to be kept, and is not here.
func (n *Network) lacks(buffer string, e *event.Event, known map[string]event.Stamp) bool {
	if n.History == nil || e.Body == nil {
		return false
	}
	if buffer == ledgerBuffer {
		return !n.holds(buffer, e.ID())
	}
	name, _, keeps := n.filed(buffer, e, known)
	return keeps && !n.holds(name, e.ID()) && !n.History.Redacted(name, e.ID())
}

// applyFound notes that a server has found something.
func (n *Network) applyFound(e *event.Event) { n.peers.get(e.Server).find() }
