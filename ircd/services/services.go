// Package services lists the services: parts of the server that are spoken to like
// users. Each is a package of its own, with a file for each of its commands.
package services

import (
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/services/chanserv"
	"github.com/parley-irc/parley/ircd/services/histserv"
	"github.com/parley-irc/parley/ircd/services/hostserv"
	"github.com/parley-irc/parley/ircd/services/memoserv"
	"github.com/parley-irc/parley/ircd/services/nickserv"
	"github.com/parley-irc/parley/ircd/services/operserv"
)

// A Choice is which services a server has.
type Choice struct {
	// Commands are those of clients, of which OperServ has some.
	Commands dispatch.Table
	// Accounts, Channels, Hosts, Memos and History say whether there are such things.
	Accounts, Channels, Hosts, Memos, History bool
}

// All returns the services of a server.
func All(m casemap.Mapping, c Choice) dispatch.Services {
	list := []*dispatch.Service{operserv.New(c.Commands)}
	if c.Accounts {
		list = append(list, nickserv.Service)
	}
	if c.Accounts && c.Channels {
		list = append(list, chanserv.Service)
	}
	if c.Accounts && c.Hosts {
		list = append(list, hostserv.Service)
	}
	if c.Accounts && c.Memos {
		list = append(list, memoserv.Service)
	}
	if c.Accounts && c.History {
		list = append(list, histserv.Service)
	}
	all := dispatch.Services{}
	for _, v := range list {
		all[m.Fold(v.Nick)] = v
	}
	return all
}
