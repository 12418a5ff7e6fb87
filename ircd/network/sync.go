package network

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/fxamacker/cbor/v2"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/link"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/state"
)

// This file is how servers come to know the same. Whenever a server is up (again),
// each of the two compares what it knows with what the other does, asks for what
// differs and merges it. What the other one publishes meanwhile is applied afterwards.
// Only then its users are shown.

// grace is how long a connection between servers may be broken before users are told:
// what comes back within it has not been away.
const grace = 2 * time.Second

// again is when a server is met again if that has failed.
const again = 3 * time.Second

// Up implements link.Handler.
func (n *Network) Up(s link.Server) {
	p, ctx, epoch := n.peers.begin(s)
	n.agree()
	go n.meet(ctx, p, epoch)
}

// Down implements link.Handler.
func (n *Network) Down(sid, reason string, goodbye bool) {
	p := n.peers.get(sid)
	epoch := p.end(n.Clock.Now())
	n.Log.Warn("server out of reach", "server", p.name(), "reason", reason)
	n.InformHere(modes.SnoLinks, "The server %[1]s is out of reach: %[2]s", p.name(), reason)
	wait := grace
	if goodbye {
		wait = 0
	}
	time.AfterFunc(wait, func() { n.part(p, epoch) })
}

// meet brings this server into step with another one that is up.
func (n *Network) meet(ctx context.Context, p *peer, epoch int) {
	<-n.peers.open
	start := time.Now()
	n.introduce(p)
	for {
		seen := n.isInReach(p)
		err := error(nil)
		if seen {
			err = n.replay(ctx, p, epoch)
		}
		if err == nil {
			err = n.learn(ctx, p)
		}
		if err == nil && seen { // nobody was away: what was said is still news
			err = n.catchUp(ctx, p, true)
		}
		if err == nil {
			n.rejoin(p)
			err = n.drain(p, epoch)
		}
		if err == nil && !seen { // it may be much, and users need not wait for it
			err = n.catchUp(ctx, p, false)
		}
		switch {
		case err == nil:
			took := time.Since(start).Round(time.Millisecond)
			n.Log.Info("server linked", "server", p.name(), "took", took)
			n.InformHere(modes.SnoLinks, "The server %[1]s is linked, in step after %[2]v", p.name(), took)
			return
		case ctx.Err() != nil:
			return
		}
		n.Log.Warn("a server cannot be brought into step; trying again", "server", p.name(), "error", err)
		n.part(p, epoch)
		select {
		case <-ctx.Done():
			return
		case <-time.After(again):
		}
	}
}

// learn asks a server for what is not known here.
func (n *Network) learn(ctx context.Context, p *peer) error {
	differ, err := n.differences(ctx, p)
	if err != nil {
		return err
	}
	return n.fetch(ctx, p, differ)
}

// factList is the answer to askFacts: of the first Done scopes that were asked for, and
// if More is set of a part of the next one.
type factList struct {
	Facts []event.Fact `cbor:"1,keyasint"`
	Done  int          `cbor:"2,keyasint"`
	More  bool         `cbor:"3,keyasint,omitempty"`
}

func (n *Network) answerFacts(_ context.Context, q *query) ([]byte, error) {
	var list factList
	size := 0
	for i, scope := range q.Scopes {
		facts := n.World.Known(scope)
		for len(facts) > 0 && i == 0 && q.After != nil && state.CompareFacts(facts[0], *q.After) <= 0 {
			facts = facts[1:]
		}
		for sent, f := range facts {
			if size > page {
				list.More = sent > 0
				return cbor.Marshal(list)
			}
			size += 80 + len(f.Scope) + len(f.A) + len(f.B) + len(f.Text)
			list.Facts = append(list.Facts, f)
		}
		list.Done++
	}
	return cbor.Marshal(list)
}

// atOnce is how many scopes are asked for in one query.
const atOnce = 512

// fetch asks for the facts of scopes, and merges them: those of the network first, and
// users before the channels that they are in.
func (n *Network) fetch(ctx context.Context, p *peer, differ map[string][2]uint64) error {
	if len(differ) > 0 {
		n.peers.doubt.Store(true)
	}
	order := []string{}
	for _, kind := range "nuc" {
		for _, s := range slices.Sorted(maps.Keys(differ)) {
			if s != "" && rune(s[0]) == kind {
				order = append(order, s)
			}
		}
	}
	var after *event.Fact
	for len(order) > 0 {
		var list factList
		if err := n.inquire(ctx, p, query{Kind: askFacts, Scopes: order[:min(len(order), atOnce)], After: after}, &list); err != nil {
			return err
		}
		if list.Done < 0 || list.Done > len(order) || list.Done == 0 && (!list.More || len(list.Facts) == 0) {
			return errors.New("the other server does not come to an end")
		}
		for _, f := range list.Facts {
			if !n.Clock.Observe(f.At) {
				return errors.New("a fact is of the future")
			}
		}
		n.absorb(list.Facts)
		order = order[list.Done:]
		if after = nil; list.More {
			last := list.Facts[len(list.Facts)-1]
			after = &last
		}
	}
	return ctx.Err()
}
