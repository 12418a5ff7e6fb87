package httpapi

import (
	"time"

	"github.com/parley-irc/parley/ircd/network"
)

// A Status is how the server does.
type Status struct {
	Server     string      `json:"server" doc:"The name of the server."`
	Network    string      `json:"network" doc:"The name of the network."`
	Version    string      `json:"version" doc:"What runs."`
	Started    time.Time   `json:"started" doc:"Since when."`
	Clients    int         `json:"clients" doc:"Clients that are connected to this server."`
	Connecting int         `json:"connecting" doc:"Connections that are not registered yet."`
	MaxClients int         `json:"max_clients" doc:"The most clients there were since the start."`
	Users      int         `json:"users" doc:"Users of the whole network."`
	Opers      int         `json:"opers" doc:"Operators who are online."`
	Channels   int         `json:"channels" doc:"Channels that somebody is in."`
	Accounts   int         `json:"accounts" doc:"Accounts, if there are any."`
	Servers    int         `json:"servers" doc:"Servers of the network that are in reach, this one included."`
	Defcon     int         `json:"defcon" doc:"How alert the network is, from 5 (not at all) to 1."`
	Draining   string      `json:"draining,omitempty" doc:"Why clients are sent away, if they are."`
	Writable   bool        `json:"writable" doc:"Whether records could be written when that was last tried."`
	Listeners  []Listening `json:"listeners" doc:"Where clients connect."`
	History    *Kept       `json:"history,omitempty" doc:"What is kept of what is said; missing if nothing is."`
}

// A Listening is where clients connect.
type Listening struct {
	Address string `json:"address" doc:"The address and port."`
	For     string `json:"for" doc:"What is spoken there."`
}

// A Kept is figures about the history.
type Kept struct {
	Buffers  int   `json:"buffers" doc:"Channels and conversations."`
	Events   int64 `json:"events" doc:"Messages and events."`
	Memory   int64 `json:"memory" doc:"Bytes in memory."`
	File     int64 `json:"file" doc:"Bytes in the file."`
	Degraded bool  `json:"degraded" doc:"Whether it is in memory alone, because it cannot be written."`
}

// A Site is a server of the network.
type Site struct {
	Name        string    `json:"name" doc:"The name of the server."`
	Description string    `json:"description" doc:"A line about it."`
	Version     string    `json:"version,omitempty" doc:"What runs there."`
	Here        bool      `json:"here" doc:"Whether it is the server that answers."`
	Up          bool      `json:"up" doc:"Whether it is linked."`
	InStep      bool      `json:"in_step" doc:"Whether all that is known there is known here."`
	Users       int       `json:"users" doc:"Users who are connected to it."`
	Since       time.Time `json:"since,omitzero" doc:"Since when it is up, or not."`
	Reason      string    `json:"reason,omitempty" doc:"Why it is not."`
	Latency     float64   `json:"latency_ms" doc:"How long a message there and back takes, in milliseconds; 0 if that is not known."`
	Queued      int64     `json:"queued" doc:"Bytes that wait to be sent to it."`
	Draining    string    `json:"draining,omitempty" doc:"Why its clients are sent away, if they are."`
}

func status(c *Call, _ none, _ none) (Status, error) {
	clients, connecting, most := c.Core.Counts()
	n, f := c.Core.Network.World.Counts(), c.Facts()
	s := Status{
		Server: c.Core.Name(), Network: c.Core.Config().Network.Name, Version: c.Core.Version, Started: c.Core.Started.UTC(),
		Clients: clients, Connecting: connecting, MaxClients: most, Users: n.Users, Opers: n.Opers, Channels: n.Channels,
		Defcon: c.Core.Defcon.State().Level, Draining: c.Core.Network.Draining(), Writable: f.Writable, Listeners: f.Listeners,
	}
	if c.Core.Accounts != nil {
		s.Accounts = c.Core.Accounts.Count()
	}
	for _, site := range c.Core.Network.Sites() {
		if site.InStep {
			s.Servers++
		}
	}
	if h := f.History; h != nil {
		s.History = &Kept{h.Buffers, h.Events, h.Bytes, h.File, h.Degraded}
	}
	return s, nil
}

func servers(c *Call, _ none, _ none) (List[Site], error) {
	l := List[Site]{Items: []Site{}}
	for _, s := range c.Core.Network.Sites() {
		l.Items = append(l.Items, siteOf(s))
	}
	l.Total = len(l.Items)
	return l, nil
}

func siteOf(s network.Site) Site {
	return Site{
		Name: s.Name, Description: s.Description, Version: s.Version, Here: s.Here, Up: s.Up, InStep: s.InStep, Users: s.Users,
		Since: s.Since, Reason: s.Reason, Latency: float64(s.Latency.Microseconds()) / 1000, Queued: s.Queued, Draining: s.Draining,
	}
}
