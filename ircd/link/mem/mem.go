// Package mem links servers in one process, for tests, and does to them what networks
// do: it splits and heals them, loses and delays what they send. In the bubble of a
// test with fake time, nothing of that takes time or is left to chance.
package mem

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/link"
)

// A Hub links any number of servers. The zero value is ready.
type Hub struct {
	mu    sync.Mutex // of the hub and all its links
	links []*Link
	known []link.Server // all that ever were linked
	cut   map[pair]bool // by server names, both ways
	rules map[pair]rule // one way
	held  bool
	quit  chan struct{}
}

// A pair is two servers by name: from one to the other.
type pair struct{ from, to string }

// A rule is what happens to what one server sends another.
type rule struct {
	delay time.Duration
	lose  int // that many publications are lost
	deaf  bool
}

// A Link is one server's connection to a Hub. It is a link.Link.
type Link struct {
	hub     *Hub
	self    link.Server
	handler link.Handler
	peers   []*peer // all that were ever known, by name
	closed  bool
}

// A peer is another server, and the stream that comes from it.
type peer struct {
	link   *Link // whose peer it is
	status link.Peer
	other  *Link // nil unless it is up
	items  []item
	wake   sync.Cond // there is an item, or the end
	ended  chan struct{}
	sent   uint64 // publications of the stream that comes from it
	heard  uint64 // of these, those that were not lost
	silent time.Time
	down   context.Context // of requests, cancelled when it is down
	cancel context.CancelFunc
}

// An item is one thing that a Handler is told.
type item struct {
	at   time.Time
	sid  string // of the other server, then
	up   *link.Server
	down string
	bye  bool
	data []byte
}

// Connect links a server to all others, unless they are split.
func (h *Hub) Connect(handler link.Handler) *Link {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.quit == nil {
		h.quit = make(chan struct{})
		go h.watch(h.quit)
	}
	l := &Link{hub: h, self: handler.Self(), handler: handler}
	h.links = append(h.links, l)
	for _, s := range h.known {
		if s.Name != l.self.Name {
			l.peer(s)
		}
	}
	h.known = append(slices.DeleteFunc(h.known, func(s link.Server) bool { return s.Name == l.self.Name }), l.self)
	h.pairUp()
	return l
}

// pairUp links those that are not, and may be.
func (h *Hub) pairUp() {
	for i, a := range h.links {
		for _, b := range h.links[i+1:] {
			h.join(a, b)
		}
	}
}

func (h *Hub) join(a, b *Link) {
	p, q := a.peer(b.self), b.peer(a.self)
	if p.other == b || p.status.Held || q.status.Held || h.cut[pair{a.self.Name, b.self.Name}] {
		return
	}
	if h.rules[pair{a.self.Name, b.self.Name}].deaf || h.rules[pair{b.self.Name, a.self.Name}].deaf {
		return
	}
	if err := link.Check(a.self, b.self, 0, event.MaxSkew); err != nil {
		p.status.Reason, q.status.Reason = err.Error(), err.Error()
		return
	}
	p.begin(b)
	q.begin(a)
}

// peer returns what l knows of a server.
func (l *Link) peer(s link.Server) *peer {
	i, found := slices.BinarySearchFunc(l.peers, s.Name, func(p *peer, name string) int {
		return strings.Compare(p.status.Name, name)
	})
	if !found {
		p := &peer{link: l, ended: make(chan struct{}), status: link.Peer{Server: s, Since: time.Now()}}
		p.wake.L = &l.hub.mu
		l.peers = slices.Insert(l.peers, i, p)
		go p.run()
	}
	return l.peers[i]
}

// begin begins a stream.
func (p *peer) begin(other *Link) {
	p.down, p.cancel = context.WithCancel(context.Background())
	p.other, p.sent, p.heard, p.silent = other, 0, 0, time.Now()
	p.status = link.Peer{Server: other.self, Up: true, Since: time.Now()}
	p.put(item{up: &other.self})
}

// end ends a stream. What has not arrived is lost.
func (p *peer) end(reason string, bye bool) {
	if p.other == nil {
		return
	}
	p.cancel()
	p.other = nil
	p.status.Up, p.status.Since, p.status.Reason = false, time.Now(), reason
	p.items = slices.DeleteFunc(p.items, func(it item) bool { return it.data != nil })
	p.put(item{down: reason, bye: bye})
}

// put queues an item behind those that are on their way.
func (p *peer) put(it item) {
	it.sid = p.status.SID
	it.at = time.Now().Add(p.link.hub.rules[pair{p.status.Name, p.link.self.Name}].delay)
	if n := len(p.items); n > 0 && p.items[n-1].at.After(it.at) {
		it.at = p.items[n-1].at
	}
	p.items = append(p.items, it)
	p.wake.Broadcast()
}

// run tells the handler of a peer, until the link is closed.
func (p *peer) run() {
	defer close(p.ended)
	for {
		it, ok := p.next()
		switch h := p.link.handler; {
		case !ok:
			return
		case it.up != nil:
			h.Up(*it.up)
		case it.data != nil:
			p.receive(it.sid, it.data)
		default:
			h.Down(it.sid, it.down, it.bye)
		}
	}
}

// receive passes on what the other server has published.
func (p *peer) receive(sid string, data []byte) {
	err := p.link.handler.Receive(sid, data)
	if err == nil {
		return
	}
	p.link.hub.mu.Lock()
	defer p.link.hub.mu.Unlock()
	p.link.hub.part(p, err.Error(), false)
}

// next waits for the next item that has arrived.
func (p *peer) next() (it item, ok bool) {
	h := p.link.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	for {
		for !p.link.closed && (len(p.items) == 0 || h.held) {
			p.wake.Wait()
		}
		if len(p.items) == 0 || p.link.closed && h.held {
			return it, false
		}
		if late := time.Until(p.items[0].at); late > 0 {
			h.mu.Unlock()
			time.Sleep(late)
			h.mu.Lock()
			continue // it may be lost by now
		}
		it, p.items = p.items[0], p.items[1:]
		return it, true
	}
}
