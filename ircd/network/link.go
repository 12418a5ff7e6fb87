package network

import (
	"context"
	"errors"
	"fmt"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/link"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/state"
)

// The network is a link.Handler. What servers publish are events; what they ask each
// other are queries.

// LinkTo links the server to others, which open connects it to. It is to be called
// before the first event.
func (n *Network) LinkTo(open func(link.Handler) link.Link) {
	n.World.Linked = true
	self := n.Self()
	_ = n.World.Update(func(tx *state.Tx) error {
		tx.Run(self.Name, self.Boot)
		tx.Reach(self.Name, true)
		tx.MergeNetwork(serverFact(self))
		return nil
	})
	n.World.Returning, n.World.Leaving = n.returning, n.leaving
	n.Link = open(n)
	close(n.peers.open)
	go n.tend()
}

// Unlink ends all that is done for the sake of other servers. It is to be called when
// the server stops.
func (n *Network) Unlink() { n.peers.quit() }

// publish tells the other servers of an event.
func (n *Network) publish(e *event.Event) {
	if !n.World.Linked {
		return
	}
	b, err := event.Encode(e)
	if err != nil {
		n.Log.Error("event not published", "error", err)
		return
	}
	n.Link.Publish(b)
}

// Self implements link.Handler.
func (n *Network) Self() link.Server {
	c := n.Config()
	return link.Server{
		SID: n.Clock.Server(), Name: c.Server.Name, Boot: n.boot, Started: n.started,
		Description: c.Server.Description, Version: n.Version,
		Network: c.Network.Name, Casemapping: c.Server.Casemapping,
		Writes: event.Version, Reads: event.Oldest,
	}
}

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
func (n *Network) Receive(sid string, data []byte) {
	if p := n.peers.get(sid); p.take(data) {
		n.take(p, data)
	}
}

// take applies what a server has published.
func (n *Network) take(p *peer, data []byte) {
	e, err := event.Decode(data)
	switch {
	case err != nil:
	case e.Server != p.sid:
		err = fmt.Errorf("the event is of %s", e.Server)
	default:
		n.Apply(e)
		return
	}
	n.Log.Error("a server is not understood", "server", p.name(), "error", err)
	if n.skewed.pass(p.sid, skewedEvery, n.Clock.Now()) {
		n.Inform(modes.SnoLinks, "What the server %[1]s sends is not understood here: %[2]s", p.name(), err.Error())
	}
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
