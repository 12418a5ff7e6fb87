package cluster

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/link"
)

// Serve begins the link: from now on h is told of the servers of the same network.
func (n *Node) Serve(h link.Handler) error {
	n.mu.Lock()
	n.handler = h
	var err error
	if n.engine != nil {
		err = n.sign()
	}
	n.mu.Unlock()
	n.broadcast()
	return err
}

// wants reports whether a lane may have a session. It is called with the lane locked.
func (n *Node) wants(l *lane) bool {
	if l.number != linkLane {
		return true
	}
	if n.holds.has(l.peer.Name) {
		return false
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	c := l.peer.card
	return n.handler != nil && c.Linked && n.mode.State == Member && c.State == Member && c.Group == n.mode.Group
}

// linkUser is what the lane for the link serves.
func (n *Node) linkUser(p *peer) user {
	return user{
		up: func() {
			self := n.card(p).Server
			n.change(p, func(s *link.Peer) { *s = link.Peer{Server: self, Up: true, Since: time.Now()} })
			n.serving().Up(self)
		},
		receive: func(data []byte) error { return n.serving().Receive(p.SID, data) },
		down: func(reason string, goodbye bool) {
			n.change(p, func(s *link.Peer) { s.Up, s.Since, s.Reason = false, time.Now(), reason })
			n.serving().Down(p.SID, reason, goodbye)
		},
		answer: func(ctx context.Context, query []byte) ([]byte, error) {
			return n.serving().Answer(ctx, p.SID, query)
		},
	}
}

func (n *Node) serving() link.Handler {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.handler
}

// change changes what is known of a server.
func (n *Node) change(p *peer, f func(*link.Peer)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	s := n.seen[p.Name]
	if s == nil {
		s = &link.Peer{Server: p.Server}
		n.seen[p.Name] = s
	}
	f(s)
}

// Publish sends data to all servers that are linked. It does not wait.
func (n *Node) Publish(data []byte) {
	for _, l := range *n.lanes.Load() {
		l.send(item{kindData, data})
	}
}

// Request asks a server that is linked, as link.Link has it.
func (n *Node) Request(ctx context.Context, sid string, query []byte) ([]byte, error) {
	for _, l := range *n.lanes.Load() {
		if l.peer.SID == sid {
			return l.request(ctx, query)
		}
	}
	return nil, link.ErrUnreachable
}

// Peers returns the other servers that are known, by name.
func (n *Node) Peers() []link.Peer {
	n.mu.Lock()
	all := make([]link.Peer, 0, len(n.seen))
	for name, s := range n.seen {
		p := *s
		p.Held = n.holds.has(name)
		all = append(all, p)
	}
	n.mu.Unlock()
	for _, l := range *n.lanes.Load() {
		if i := slices.IndexFunc(all, func(p link.Peer) bool { return p.Name == l.peer.Name }); i >= 0 {
			l.measure(&all[i])
		}
	}
	slices.SortFunc(all, func(a, b link.Peer) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// measure adds the figures of a lane.
func (l *lane) measure(p *link.Peer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.up {
		p.Latency, p.Queued, p.Sent, p.Received = l.pulse.latency, l.queued, l.total.sent, l.total.received
	}
}

// Open lets the link to a server begin (again).
func (n *Node) Open(name string) error {
	if !n.knows(name) {
		return link.ErrUnknown
	}
	n.holds.set(name, false)
	if p := n.peerNamed(name); p != nil {
		p.lanes[linkLane].hurry()
		n.broadcast()
	}
	return nil
}

// hurry lets a session begin at once.
func (l *lane) hurry() {
	l.mu.Lock()
	l.pause, l.failures = time.Time{}, 0
	l.mu.Unlock()
	l.beat()
}

// Hold ends the link to a server, until Open.
func (n *Node) Hold(name, reason string) error {
	if !n.knows(name) {
		return link.ErrUnknown
	}
	n.holds.set(name, true)
	if p := n.peerNamed(name); p != nil {
		l := p.lanes[linkLane]
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.up {
			l.end(closing{reason: reason}, true)
		}
	}
	return nil
}

func (n *Node) knows(name string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.seen[name] != nil
}

// Expect makes servers known that have not been met yet: Peers has them, too.
func (n *Node) Expect(name string, since time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.seen[name] == nil && name != n.o.Self.Name {
		n.seen[name] = &link.Peer{Server: link.Server{Name: name}, Since: since, Reason: "it has not been met since this server has started"}
	}
}

// Forget makes a server unknown that has left for good.
func (n *Node) Forget(name string) {
	n.mu.Lock()
	delete(n.seen, name)
	n.mu.Unlock()
}

// holds are the servers to which the link is closed.
type holds struct {
	mu    sync.Mutex
	names map[string]bool
}

func (h *holds) has(name string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.names[name]
}

func (h *holds) set(name string, on bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.names == nil {
		h.names = map[string]bool{}
	}
	h.names[name] = on
}
