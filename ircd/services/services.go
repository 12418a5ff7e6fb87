// Package services lists the services: parts of the server that are spoken to like
// users. Each is a package of its own, with a file for each of its commands.
package services

import (
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/services/chanserv"
	"github.com/parley-irc/parley/ircd/services/histserv"
	"github.com/parley-irc/parley/ircd/services/nickserv"
)

// All returns the services of a server, those for channels and for history if it
// keeps any.
func All(m casemap.Mapping, channels, history bool) dispatch.Services {
	list := []*dispatch.Service{nickserv.Service}
	if channels {
		list = append(list, chanserv.Service)
	}
	if history {
		list = append(list, histserv.Service)
	}
	all := dispatch.Services{}
	for _, v := range list {
		all[m.Fold(v.Nick)] = v
	}
	return all
}
