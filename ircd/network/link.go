package network

import (
	"context"
	"errors"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/link"
)

// The methods below make the network a link.Handler.

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

// Up implements link.Handler.
func (n *Network) Up(s link.Server) { n.Log.Info("server linked", "server", s.Name) }

// Down implements link.Handler.
func (n *Network) Down(sid, reason string) {
	n.Log.Warn("server not linked any more", "server", sid, "reason", reason)
}

// Receive implements link.Handler.
func (n *Network) Receive(sid string, data []byte) {
	e, err := event.Decode(data)
	if err == nil && e.Server != sid {
		err = errors.New("the event is of another server")
	}
	if err != nil {
		n.Log.Error("event not understood", "server", sid, "error", err)
		return
	}
	n.Apply(e)
}

// Answer implements link.Handler.
func (n *Network) Answer(context.Context, string, []byte) ([]byte, error) {
	return nil, errors.New("this request is not known here")
}
