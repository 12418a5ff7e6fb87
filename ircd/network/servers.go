package network

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fxamacker/cbor/v2"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/link"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
)

// A Site is a server of the network as this one sees it.
type Site struct {
	link.Peer
	Here bool // it is this server
	// InStep means that all that is known there is known here, and its users are here.
	InStep bool
	// Users is how many are connected to it.
	Users int
	// Draining is why it takes no new clients, or "".
	Draining string
}

// Sites returns the servers of the network: this one first, then the others by name.
func (n *Network) Sites() []Site {
	all := []Site{{Here: true, InStep: true, Peer: link.Peer{Server: n.self, Up: true}}}
	if !n.World.Linked {
		c := n.Config().Server
		all[0].Peer.Server = link.Server{SID: n.Clock.Server(), Name: c.Name, Description: c.Description}
	}
	for _, p := range n.Link.Peers() {
		all = append(all, Site{Peer: p, InStep: n.peers.get(p.SID).isLinked()})
	}
	for sid, s := range n.World.Servers() {
		if !slices.ContainsFunc(all, func(x Site) bool { return x.SID == sid }) {
			all = append(all, Site{Peer: link.Peer{Server: link.Server{
				SID: sid, Name: s.Name, Boot: s.Boot, Description: s.Description, Version: s.Version, Started: s.Started,
			}}})
		}
	}
	slices.SortFunc(all[1:], func(a, b Site) int { return strings.Compare(a.Name, b.Name) })
	for i := range all {
		all[i].Draining = n.World.Draining(all[i].SID)
		all[i].Users = n.World.CountOn(all[i].Name)
	}
	return all
}

// Reached returns how many servers users can be on: this one, and those in step.
func (n *Network) Reached() (count int) {
	count = 1
	for _, p := range n.peers.sorted() {
		if p.isLinked() {
			count++
		}
	}
	return count
}

// About returns the description of a server of the network, "" if it is not known.
func (n *Network) About(server string) string {
	if server == n.Name() {
		return n.Config().Server.Description
	}
	for _, s := range n.World.Servers() {
		if s.Name == server {
			return s.Description
		}
	}
	return ""
}

// ServerOf returns the name of the server in reach that a client means: by a mask of its
// name, or by a user who is connected to it.
func (n *Network) ServerOf(name string) (string, error) {
	mask := n.World.Mapping.Compile(name)
	if mask.Match(n.Name()) {
		return n.Name(), nil
	}
	for _, p := range n.peers.sorted() {
		if p.isLinked() && mask.Match(p.name()) {
			return p.name(), nil
		}
	}
	if u := n.World.User(name); u != nil {
		switch servers := n.World.ServersOf(u); {
		case u.Local(), len(servers) == 0:
			return n.Name(), nil
		default:
			return servers[0], nil
		}
	}
	return "", numerics.NoSuchServer.With(oneWord(name))
}

// AskServer lets another server answer a command of a user, and returns the lines it
// answers.
func (n *Network) AskServer(ctx context.Context, server string, by *state.User, words []string) (lines []string, err error) {
	for _, p := range n.peers.sorted() {
		if p.name() == server && p.isLinked() {
			err = n.inquire(ctx, p, query{Kind: askWords, As: by.UID(), Words: words}, &lines)
			return lines, err
		}
	}
	return nil, numerics.NoSuchServer.With(oneWord(server))
}

func (n *Network) answerWords(ctx context.Context, q *query) ([]byte, error) {
	u := n.World.ByUID(q.As)
	if u == nil || len(q.Words) == 0 || n.Hooks.Answer == nil {
		return nil, fmt.Errorf("nobody asks that")
	}
	lines, err := n.Hooks.Answer(ctx, u, q.Words)
	if err != nil {
		return nil, err
	}
	return cbor.Marshal(lines)
}

// AskLink lets all servers end their links to one, or link to it again.
func (n *Network) AskLink(by Actor, server, reason string, linked bool) error {
	known := slices.IndexFunc(n.Sites(), func(s Site) bool { return n.World.Mapping.Equal(s.Name, server) })
	if known < 0 || !n.World.Linked {
		return numerics.NoSuchServer.With(oneWord(server))
	}
	b := event.LinkAsked{Server: n.Sites()[known].Name, Reason: reason, Linked: linked}
	if b.Server != n.Name() {
		n.publish(n.event(by, b))
	}
	return n.applyLinkAsked(b)
}

func (n *Network) applyLinkAsked(b event.LinkAsked) (err error) {
	of := []string{b.Server}
	if b.Server == n.Name() {
		of = nil
		for _, p := range n.Link.Peers() {
			of = append(of, p.Name)
		}
	}
	for _, name := range of {
		if b.Linked {
			err = n.Link.Open(name)
		} else {
			err = n.Link.Close(name, b.Reason)
		}
	}
	return err
}

// Drain notes that this server takes no new clients, for a reason, or that it does again
// if that is "".
func (n *Network) Drain(reason string) {
	_ = n.World.Update(func(tx *state.Tx) error {
		f := fact(event.Key{Kind: event.Draining, Scope: n.Clock.Server()}, reason)
		f.Gone = reason == ""
		n.announce(tx, Actor{}, event.Listed{}, f)
		return nil
	})
}

// Draining returns why this server takes no new clients, or "".
func (n *Network) Draining() string { return n.World.Draining(n.Clock.Server()) }

// Uptime returns for how long a server has been up.
func (n *Network) Uptime(s Site) time.Duration {
	if s.Started.IsZero() {
		return 0
	}
	return n.Clock.Now().Sub(s.Started).Round(time.Second)
}
