// Package local is the link of a server that is alone.
package local

import "github.com/parley-irc/parley/ircd/event"

// Link is a link.Publisher without other servers: a network of one.
type Link struct{}

// Publish has nobody to tell.
func (Link) Publish(*event.Event) {}
