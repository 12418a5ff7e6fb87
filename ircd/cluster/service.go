package cluster

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/parley-irc/parley/ircd/link"
)

// serviceUser is what the lane for services serves: requests, whose first byte is the
// service.
func (n *Node) serviceUser(p *peer) user {
	return user{
		up:      func() {},
		down:    func(string, bool) {},
		receive: func([]byte) error { return errFrame },
		answer: func(ctx context.Context, query []byte) ([]byte, error) {
			if len(query) == 0 || n.answers[query[0]] == nil {
				return nil, errors.New("this server does not have that service")
			}
			return n.answers[query[0]](ctx, n.card(p), query[1:])
		},
	}
}

// Ask asks a service of the server of this name. The error is link.ErrUnreachable, at
// once, if the server is not connected, or a *link.Refusal if it has answered with one.
func (n *Node) Ask(ctx context.Context, name string, service byte, query []byte) ([]byte, error) {
	p := n.peerNamed(name)
	if p == nil {
		return nil, link.ErrUnreachable
	}
	return p.lanes[servicesLane].request(ctx, append([]byte{service}, query...))
}

func (n *Node) peerNamed(name string) *peer {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, p := range n.met {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// card returns what a peer says of itself now.
func (n *Node) card(p *peer) Card {
	n.mu.Lock()
	defer n.mu.Unlock()
	return p.card
}

// An Acquaintance is a server that can be asked now.
type Acquaintance struct {
	Card
	// At is where the server is reached.
	At string
	// Mark is what its log has, see SetMark.
	Mark uint64
}

// Met returns the servers that can be asked now, by name.
func (n *Node) Met() []Acquaintance {
	n.mu.Lock()
	peers := make([]*peer, 0, len(n.met))
	for _, p := range n.met {
		peers = append(peers, p)
	}
	n.mu.Unlock()
	var all []Acquaintance
	for _, p := range peers {
		if mark, up := p.lanes[servicesLane].state(); up {
			card := n.card(p)
			all = append(all, Acquaintance{card, card.at(p.host), mark})
		}
	}
	slices.SortFunc(all, func(a, b Acquaintance) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// state returns the mark of the other server, and whether there is a session.
func (l *lane) state() (mark uint64, up bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pulse.mark, l.up
}
