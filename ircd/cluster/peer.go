package cluster

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"

	"github.com/parley-irc/parley/ircd/link"
)

// A peer is another server that has said hello, as long as it is connected.
type peer struct {
	link.Server
	card    Card   // as it was last; guarded by the node's lock
	nats    string // what NATS knows it by
	host    string // where it is
	key     []byte
	chain   []*x509.Certificate
	engine  *engine // of this server, by which it is connected
	subject string  // of frames to it
	since   time.Time
	out, in *sealer
	lanes   [2]*lane
}

// The lanes.
const (
	servicesLane = 0 // requests of the services of this package's users
	linkLane     = 1 // package link
)

var errSameName = errors.New("it has the name of this server (server.name); give one of them another")

// heard takes a hello.
func (n *Node) heard(e *engine, data []byte) {
	h, _, err := n.read(data)
	if h != nil && h.NATS == e.server.ID() {
		return
	}
	if err == nil && n.o.Refuse != nil {
		err = n.o.Refuse(h.Card)
	}
	at, routed := route{}, false
	if h != nil {
		at, routed = e.routed()[h.NATS]
	}
	if err == nil && routed && at.name != h.Name {
		err = fmt.Errorf("it calls itself %s, but is connected as %q", h.Name, at.name)
	}
	if err != nil {
		n.refused(h, at.host, err)
		return
	}
	if routed {
		n.meet(e, h, at.host)
	}
}

// refused ends what there is between this server and one that must not be linked.
func (n *Node) refused(h *hello, host string, err error) {
	if h == nil {
		n.report.refuse(host, err)
		return
	}
	n.mu.Lock()
	p := n.met[h.NATS]
	if p != nil {
		n.forget(h.NATS)
	}
	n.note(h.Server, err.Error())
	n.mu.Unlock()
	if p != nil {
		p.stop(closing{reason: err.Error()}, true)
	}
	n.report.refuse(h.Name, err)
}

// meet takes note of a server that may be linked.
func (n *Node) meet(e *engine, h *hello, host string) {
	n.mu.Lock()
	if n.engine != e {
		n.mu.Unlock()
		return
	}
	p := n.met[h.NATS]
	if p != nil && slices.Equal(p.key, h.Key) {
		p.card = h.Card
		n.mu.Unlock()
		return
	}
	var gone *peer
	for id, other := range n.met {
		if other.Name != h.Name {
			continue
		}
		if other.card.Boot != h.Boot {
			n.mu.Unlock()
			n.report.refuse(h.Name, errors.New("a server of this name is connected already"))
			return
		}
		gone = n.forget(id)
	}
	p, err := n.newPeer(e, h, host)
	n.mu.Unlock()
	if gone != nil {
		gone.stop(closing{reason: "it has begun anew"}, false)
	}
	if err != nil {
		n.report.refuse(h.Name, err)
		return
	}
	n.o.Log.Debug("server met", "server", p.Name, "state", h.State, "at", h.at(host))
	n.broadcast() // it may not know this one yet
	p.lanes[servicesLane].beat()
	p.lanes[linkLane].beat()
}

// newPeer begins to talk to a server. The lock is held.
func (n *Node) newPeer(e *engine, h *hello, host string) (p *peer, err error) {
	p = &peer{Server: h.Server, card: h.Card, nats: h.NATS, host: host, key: h.Key, chain: h.chain, engine: e, since: time.Now()}
	p.subject = pairSubject + h.NATS + "." + e.server.ID()
	if p.out, p.in, err = sealers(n.key, h.Key, e.server.ID(), h.NATS); err != nil {
		return nil, err
	}
	p.lanes[servicesLane] = newLane(n, p, servicesLane, n.serviceUser(p))
	p.lanes[linkLane] = newLane(n, p, linkLane, n.linkUser(p))
	n.met[h.NATS] = p
	n.relane()
	return p, nil
}

// forget removes a peer, whose lanes are then to be stopped. The lock is held.
func (n *Node) forget(id string) *peer {
	p := n.met[id]
	delete(n.met, id)
	n.relane()
	return p
}

// relane collects the lanes to which Publish publishes. The lock is held.
func (n *Node) relane() {
	all := make([]*lane, 0, len(n.met))
	for _, p := range n.met {
		all = append(all, p.lanes[linkLane])
	}
	n.lanes.Store(&all)
}

func (p *peer) stop(c closing, tell bool) {
	for _, l := range p.lanes {
		l.stop(c, tell)
	}
}

// at returns where a server is reached that is connected from host.
func (c Card) at(host string) string {
	own, port, err := net.SplitHostPort(c.Address)
	if err == nil && own == "" {
		return net.JoinHostPort(host, port)
	}
	return c.Address
}

// distrusts reports whether a server is connected that is not trusted. The lock is held.
func (n *Node) distrusts() bool {
	t := n.trust.Load()
	for _, p := range n.met {
		if t.owns(p.chain, p.Name) != nil {
			return true
		}
	}
	return false
}

// note remembers why a server is not linked. The lock is held.
func (n *Node) note(s link.Server, reason string) {
	if s.Name == "" || s.Name == n.o.Self.Name {
		return
	}
	p := n.seen[s.Name]
	if p == nil {
		p = &link.Peer{Since: time.Now()}
		n.seen[s.Name] = p
	}
	if p.Up {
		return
	}
	p.Server, p.Reason = s, reason
}
