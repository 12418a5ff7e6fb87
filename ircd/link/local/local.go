// Package local is the link of a server that is alone.
package local

import (
	"context"

	"github.com/parley-irc/parley/ircd/link"
)

// Link is a link.Link without other servers: a network of one.
type Link struct{}

// Publish has nobody to tell.
func (Link) Publish([]byte) {}

// Request implements link.Link.
func (Link) Request(context.Context, string, []byte) ([]byte, error) {
	return nil, link.ErrUnreachable
}

// Peers implements link.Link.
func (Link) Peers() []link.Peer { return nil }

// Open implements link.Link.
func (Link) Open(string) error { return link.ErrUnknown }

// Close implements link.Link.
func (Link) Close(string, string) error { return link.ErrUnknown }
