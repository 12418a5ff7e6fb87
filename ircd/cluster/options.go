package cluster

import (
	"log/slog"

	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/link"
)

// Options are what a Node is made with.
type Options struct {
	// Self is what others are told of this server.
	Self link.Server
	// ID names it for as long as its data folder exists.
	ID string
	// Listen is where others connect to, Advertise what they are told of that, or "".
	Listen, Advertise string
	// Peers are the addresses of other servers.
	Peers    []string
	Secret   string
	Identity *Identity
	Trust    *Trust
	// Folder is where JetStream keeps its files.
	Folder string
	Clock  *Clock
	Log    *slog.Logger
	// Tell, unless it is nil, tells the operators of this server of what has happened to the
	// network, in their languages. What happens to a link is told by who uses it.
	Tell func(text lang.Text, args ...any)
	// Hopeless, unless it is nil, reports that it is of no use to wait for a majority now.
	Hopeless func() bool
	// Refuse, unless it is nil, says why a server must not be linked whose hello is good.
	Refuse func(Card) error
}

// A Mode is what a Node does.
type Mode struct {
	State State
	// Group is the identifier of the network, in the modes Alone and Member.
	Group string
	// Forming means that the group is made now, by this server and the one other whose
	// address is known.
	Forming bool
	// Routes are the addresses of servers that were met before.
	Routes []string
}

// jetStream reports whether there are logs: a network of one needs none.
func (m Mode) jetStream() bool { return m.State == Member }
