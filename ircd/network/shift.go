package network

import (
	"errors"
	"maps"
	"slices"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

// On linked servers the history of a channel follows its name by events of their own,
// because what was said elsewhere meanwhile may be of another channel that had one of the
// two names. The server where a channel is renamed says so for all that it has heard; any
// other one for what has been said on it since. So all come to the same, whatever they
// hear first.

// A shift is such an event, as the ledger has it.
type shift struct {
	at event.Stamp
	event.Moved
}

// covers reports whether an event in the buffer From is meant.
func (s *shift) covers(e *event.Event) bool {
	up, ok := s.Up[e.Server]
	return ok && !e.Stamp.After(up)
}

// move notes a shift.
func (l *ledger) move(s shift) {
	i, found := slices.BinarySearchFunc(l.moves, s.at, func(o shift, at event.Stamp) int { return compareStamps(o.at, at) })
	if !found {
		l.moves = slices.Insert(l.moves, i, s)
		l.left[s.From] = true
	}
}

func compareStamps(a, b event.Stamp) int {
	switch {
	case b.After(a):
		return -1
	case a.After(b):
		return 1
	}
	return 0
}

// place returns the buffer that an event is in by now which was in another one when all
// the shifts were known of which known says so, up to a stamp of each server.
func (l *ledger) place(buffer string, e *event.Event, known map[string]event.Stamp) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.left[buffer] {
		return buffer
	}
	for i := range l.moves {
		s := &l.moves[i]
		if up, ok := known[s.at.Server]; ok && !s.at.After(up) {
			continue
		}
		if s.From == buffer && s.covers(e) {
			buffer = s.To
		}
	}
	return buffer
}

// since returns the buffer that an event of s.From is in by now.
func (l *ledger) since(s shift, e *event.Event) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	buffer := s.From
	for i := range l.moves {
		if o := &l.moves[i]; !s.at.After(o.at) && o.From == buffer && o.covers(e) {
			buffer = o.To
		}
	}
	return buffer
}

// isLast reports whether s is the latest shift.
func (l *ledger) isLast(s shift) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.moves) > 0 && l.moves[len(l.moves)-1].at == s.at
}

// shiftAll lets the history of a channel, which is renamed here, follow.
func (n *Network) shiftAll(old, name string) {
	if n.History == nil || !n.World.Linked {
		return
	}
	up := n.points()
	heard, _, _ := n.ledger.inventory() // also what came before something that is still missed
	for _, p := range n.peers.sorted() {
		heard[p.sid] = latest(heard[p.sid], p.lastHeard())
	}
	for sid, s := range heard {
		up[sid] = latest(up[sid], s)
	}
	up[n.Clock.Server()] = n.Clock.Stamp()
	n.shift(old, name, up, true)
}

// shiftOwn lets what was said here follow a channel that was renamed elsewhere.
func (n *Network) shiftOwn(old, name string) {
	own := false
	_ = n.History.Each(n.peers.ctx, string(n.World.Mapping.Fold(old)), func(e *event.Event, _ bool) bool {
		own = n.owns(e)
		return !own
	})
	if own {
		n.shift(old, name, map[string]event.Stamp{n.Clock.Server(): n.Clock.Stamp()}, false)
	}
}

func (n *Network) shift(old, name string, up map[string]event.Stamp, whole bool) {
	b := event.Moved{From: string(n.World.Mapping.Fold(old)), To: string(n.World.Mapping.Fold(name)), Up: up}
	if b.From == b.To {
		return
	}
	defer n.shifting.begin()()
	e := n.event(Actor{}, b)
	n.log(e)
	n.publish(e)
	n.applyMoved(e, b, whole)
}

// applyMoved moves what is meant. whole is for when that is known to be all that there is:
// whoever renames a channel holds locks.
func (n *Network) applyMoved(e *event.Event, b event.Moved, whole bool) {
	if n.History == nil || b.From == b.To || b.From == ledgerBuffer || b.To == ledgerBuffer {
		return
	}
	s := shift{e.Stamp, b}
	if n.ledger.isLast(s) && (whole || !n.strays(s)) {
		if _, err := n.History.Rename(b.From, b.To); !errors.Is(err, history.ErrExists) {
			return // there is nothing to move, or it has been
		}
	}
	n.scatter(s)
}

// coversSome reports whether something is meant of each server of which anything is kept.
func (l *ledger) coversSome(s shift) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for sid := range l.shelf.top {
		if _, ok := s.Up[sid]; !ok {
			return false
		}
	}
	_, own := s.Up[l.shelf.begun.Server]
	return own
}

// strays reports whether something of the buffer stays where it is.
func (n *Network) strays(s shift) bool {
	var from event.Stamp
	if n.ledger.coversSome(s) {
		from = slices.MinFunc(slices.Collect(maps.Values(s.Up)), compareStamps)
	}
	for {
		events, err := n.History.Query(n.peers.ctx, s.From, history.After(after(from), 256))
		if err != nil || len(events) == 0 {
			return false
		}
		for _, e := range events {
			if from = e.Stamp; !s.covers(e) {
				return true
			}
		}
	}
}

// scatter moves each event of the buffer to where it belongs.
func (n *Network) scatter(s shift) {
	var moved []string
	stays := false
	err := n.History.Each(n.peers.ctx, s.From, func(e *event.Event, _ bool) bool {
		to := n.ledger.since(s, e)
		if to == s.From {
			stays = true
			return true
		}
		n.History.Append(to, e)
		moved = append(moved, e.ID())
		return true
	})
	switch {
	case err != nil:
		n.Log.Error("the history of a channel cannot be moved", "channel", s.To, "error", err)
	case !stays && len(moved) > 0:
		n.History.Drop(s.From)
	default:
		for _, id := range moved {
			_, _ = n.History.Rewrite(s.From, id, func(*event.Event) *event.Event { return nil }) // it may be gone
		}
	}
}

// whereabouts returns the buffer that has an event, which is the one that is named unless
// the channel has been renamed meanwhile.
func (n *Network) whereabouts(buffer, msgid string) string {
	if n.History == nil || n.holds(buffer, msgid) {
		return buffer
	}
	if other, _, err := n.History.Find(msgid); err == nil {
		return other
	}
	return buffer
}
