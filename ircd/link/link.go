// Package link passes events between the servers of a network.
//
// What a server does for its own users, it publishes; what others publish, it
// applies. A link only carries: it decides nothing about the state.
package link

import "github.com/parley-irc/parley/ircd/event"

// A Publisher sends events to all other servers, which receive the events of one
// server in the order in which it published them. Publish is called with state
// locked, so it must not wait.
type Publisher interface{ Publish(e *event.Event) }
