// Package nats is the link of a server that is part of a cluster.
//
// All it does is to make the streams of package cluster a link.Link, so that neither has
// to know the other's words.
package nats

import (
	"context"

	"github.com/parley-irc/parley/ircd/cluster"
	"github.com/parley-irc/parley/ircd/link"
)

// A Link is a link.Link over a cluster.
type Link struct{ node *cluster.Node }

// Connect begins to tell h of the other servers of the network.
func Connect(node *cluster.Node, h link.Handler) (*Link, error) {
	return &Link{node}, node.Serve(h)
}

// Publish implements link.Link.
func (l *Link) Publish(data []byte) { l.node.Publish(data) }

// Request implements link.Link.
func (l *Link) Request(ctx context.Context, sid string, query []byte) ([]byte, error) {
	return l.node.Request(ctx, sid, query)
}

// Peers implements link.Link.
func (l *Link) Peers() []link.Peer { return l.node.Peers() }

// Open implements link.Link.
func (l *Link) Open(name string) error { return l.node.Open(name) }

// Close implements link.Link.
func (l *Link) Close(name, reason string) error { return l.node.Hold(name, reason) }
