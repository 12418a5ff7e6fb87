package network

import (
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// Markers are up to when people have read what, by Identity. They only grow, so
// that servers agree on them in whatever order they hear of them.
// https://ircv3.net/specs/extensions/read-marker
type Markers struct {
	mu sync.Mutex
	of map[string]map[casemap.Folded]time.Time
	// Keep, unless it is nil, is told of an identity whose markers a user of this
	// server has changed. It must not wait.
	Keep func(identity string)
}

// maxMarkers is how many channels and conversations one may have markers of.
const maxMarkers = 1024

// LoadMarkers adds markers that were kept, perhaps by another server, and tells the
// clients here of those that are news.
func (n *Network) LoadMarkers(identity string, markers map[casemap.Folded]time.Time) {
	for target, t := range markers {
		if later, _ := n.Markers.advance(identity, target, t); !later || isDevice(string(target)) || n.World.Counts().Local == 0 {
			continue
		}
		name := string(target)
		if ch := n.World.Channel(name); ch != nil {
			name = ch.Name()
		}
		for _, u := range n.World.Users() {
			if u.Local() && n.Identity(u) == identity {
				n.tellMarker(Actor{User: u}, event.MarkedRead{Identity: identity, Target: name, Time: t})
			}
		}
	}
}

// Of returns a copy of somebody's markers.
func (m *Markers) Of(identity string) map[casemap.Folded]time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := make(map[casemap.Folded]time.Time, len(m.of[identity]))
	for target, t := range m.of[identity] {
		all[target] = t
	}
	return all
}

// Forget drops somebody's markers.
func (m *Markers) Forget(identity string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.of, identity)
}

func (m *Markers) get(identity string, target casemap.Folded) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.of[identity][target]
}

// advance reports whether t is later than the marker, which it then is. full means
// that there are too many.
func (m *Markers) advance(identity string, target casemap.Folded, t time.Time) (later, full bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	mine := m.of[identity]
	old, has := mine[target]
	switch {
	case has && !t.After(old):
		return false, false
	case !has && len(mine) >= maxMarkers:
		return false, true
	case mine == nil:
		if m.of == nil {
			m.of = map[string]map[casemap.Folded]time.Time{}
		}
		mine = map[casemap.Folded]time.Time{}
		m.of[identity] = mine
	}
	mine[target] = t
	return true, false
}

// ReadMarker returns up to when u has read a target, or zero.
func (n *Network) ReadMarker(u *state.User, target string) time.Time {
	return n.Markers.get(n.Identity(u), n.World.Mapping.Fold(target))
}

// MarkRead notes that by has read a target up to t, and tells the other sessions.
// An earlier time than the one known changes nothing.
func (n *Network) MarkRead(by Actor, target string, t time.Time) error {
	b := event.MarkedRead{Identity: n.Identity(by.User), Target: target, Time: t.UTC()}
	later, full := n.Markers.advance(b.Identity, n.World.Mapping.Fold(target), b.Time)
	if full {
		return numerics.Fail{Command: "MARKREAD", Code: "INTERNAL_ERROR", Context: []string{target}, Text: "You have read markers of too many channels and conversations"}
	}
	if later {
		n.publish(n.event(by, b))
		n.tellMarker(by, b)
		n.unalert(b)
		if n.Markers.Keep != nil {
			n.Markers.Keep(b.Identity)
		}
	}
	return nil
}

func (n *Network) applyMarked(by Actor, b event.MarkedRead) {
	if by.User == nil || n.Identity(by.User) != b.Identity {
		return // nobody reads for somebody else
	}
	if isDevice(b.Target) {
		n.Markers.advance(b.Identity, casemap.Folded(b.Target), b.Time)
		return
	}
	if later, _ := n.Markers.advance(b.Identity, n.World.Mapping.Fold(b.Target), b.Time); later {
		n.tellMarker(by, b)
		n.unalert(b)
	}
}

func (n *Network) tellMarker(by Actor, b event.MarkedRead) {
	by.tellOthers(need(n.markerLine(b.Target, b.Time), caps.ReadMarker))
}

// MarkerLine tells up to when u has read a target.
func (n *Network) MarkerLine(u *state.User, target string) wire.Message {
	return n.markerLine(target, n.ReadMarker(u, target))
}

func (n *Network) markerLine(target string, t time.Time) wire.Message {
	value := "*"
	if !t.IsZero() {
		value = "timestamp=" + t.Format("2006-01-02T15:04:05.000Z")
	}
	return wire.Message{Source: n.Name(), Command: "MARKREAD", Params: []string{target, value}}
}
