package network

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/link"
	"github.com/parley-irc/parley/ircd/state"
)

// The network is a link.Handler. What servers publish are events; what they ask each
// other are queries.

// Associate makes the network one of several servers. It is to be called before anything
// happens; LinkTo follows.
func (n *Network) Associate(self link.Server) {
	n.self, n.boot = self, self.Boot
	n.peers.writes.Store(uint32(self.Writes))
	n.World.Linked = true
	n.World.Returning, n.World.Leaving = n.returning, n.leaving
	_ = n.World.Update(func(tx *state.Tx) error {
		tx.Run(self.Name, self.Boot)
		tx.Be(self.Name)
		tx.MergeNetwork(serverFact(self))
		return nil
	})
}

// LinkTo links the server to the others, which open connects it to. It is to be called
// when all that a server does is in place, and before clients connect.
func (n *Network) LinkTo(open func(link.Handler) link.Link) {
	n.openLedger()
	n.Link = open(n)
	close(n.peers.open)
	go n.tend()
}

// Unlink ends all that is done for the sake of other servers. It is to be called when
// the server stops.
func (n *Network) Unlink() {
	n.savePoints(false)
	n.peers.quit()
}

// publish tells the other servers of an event.
func (n *Network) publish(e *event.Event) {
	if !n.World.Linked {
		return
	}
	b, err := n.encode(e)
	if err != nil {
		n.Log.Error("event not published", "error", err)
		return
	}
	n.recent.mu.Lock()
	defer n.recent.mu.Unlock()
	n.recent.add(e.Stamp, b)
	n.Link.Publish(b)
}

// Self implements link.Handler.
func (n *Network) Self() link.Server { return n.self }

// Describe returns what other servers are told of one that starts now.
func Describe(c *config.Config, sid, version string, now time.Time) link.Server {
	return link.Server{
		SID: sid, Name: c.Server.Name, Started: now.UTC(),
		Boot:        event.At(now).ID()[:bootLength],
		Description: c.Server.Description, Version: version,
		Network: c.Network.Name, Casemapping: c.Server.Casemapping,
		Writes: event.Version, Reads: event.Oldest,
	}
}

// bootLength is the length of the part of an event's ID that does not name the server.
const bootLength = 13

// serverFact returns what is so of a server. Its stamp is that of its start, which its
// Boot is the beginning of: so everybody writes the same fact.
func serverFact(s link.Server) event.Fact {
	at, _ := event.ParseID(s.Boot + s.SID)
	return event.Fact{
		Key: event.Key{Kind: event.Server, Scope: s.SID},
		Value: event.Value{At: at, Text: event.Pack(event.ServerInfo{
			Name: s.Name, Boot: s.Boot, Description: s.Description, Version: s.Version, Started: s.Started.UTC(),
		})},
	}
}

// Receive implements link.Handler.
func (n *Network) Receive(sid string, data []byte) error {
	if p := n.peers.get(sid); p.take(data) {
		return n.take(p, data)
	}
	return nil
}

// take applies what a server has published.
func (n *Network) take(p *peer, data []byte) error {
	e, err := event.Decode(data)
	switch {
	case err != nil:
		return err
	case e.Server != p.sid:
		return fmt.Errorf("it has published an event of %s", e.Server)
	case p.hasTold(e.Stamp):
		return nil
	}
	p.heard(e.Stamp)
	kept := len(e.Kept) > 0
	if !n.Apply(e) {
		p.catch(false)
		return nil
	}
	n.ledger.came(e.Stamp, kept, p.isCaught())
	return nil
}

// Answer implements link.Handler.
func (n *Network) Answer(ctx context.Context, sid string, data []byte) ([]byte, error) {
	var q query
	if err := decode(data, &q); err != nil {
		return nil, err
	}
	answer := answers[q.Kind]
	if answer == nil {
		return nil, errors.New("this server does not know such a request")
	}
	// What it is told then begins before what it receives: nothing is missed.
	if err := n.peers.await(ctx, sid); err != nil {
		return nil, err
	}
	return answer(n, ctx, &q)
}
