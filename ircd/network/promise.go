package network

import (
	"context"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/session"
)

// promises are sessions that are told nothing until the history is durable up to a
// ticket. There is one goroutine for all of them, while there are any: who talks a lot
// would have many, most of which wait for the same commit.
type promises struct {
	mu      sync.Mutex
	made    []promise // in the order in which they were made
	keeping bool
}

type promise struct {
	session *session.Session // which is stalled
	until   history.Ticket
}

// maxPromise is how long a client waits for the disk, and twice as long if others wait
// already. When it takes longer the operators have been told, and chat goes on.
const maxPromise = 2 * time.Second

// promise keeps back what by's session is told from now on, until what by is about
// to do is as durable as the history promises. The function it returns is to be
// called when it has been done.
func (n *Network) promise(by Actor) (done func()) {
	s := by.Session
	if n.History == nil || s == nil || n.Config().History.Durability != "strict" {
		return func() {}
	}
	before := n.ticket.Load()
	s.Stall()
	return func() {
		t := n.ticket.Load()
		if t == before {
			s.Resume()
			return
		}
		n.keep(promise{s, history.Ticket(t)})
	}
}

// keep resumes the session of a promise when it has been kept.
func (n *Network) keep(p promise) {
	all := &n.promises
	all.mu.Lock()
	defer all.mu.Unlock()
	all.made = append(all.made, p)
	if !all.keeping {
		all.keeping = true
		go n.keepPromises()
	}
}

func (n *Network) keepPromises() {
	var spare []promise
	for {
		made := n.promises.take(spare)
		if len(made) == 0 {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), maxPromise)
		for _, p := range made {
			if err := n.History.Wait(ctx, p.until); err != nil {
				n.Log.Debug("history is not durable yet", "error", err)
			}
			p.session.Resume()
		}
		cancel()
		clear(made)
		spare = made[:0]
	}
}

// take returns the promises that have been made, and begins a new list with the memory
// of another. If there are none, nobody keeps them any more.
func (ps *promises) take(spare []promise) []promise {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	made := ps.made
	ps.made, ps.keeping = spare, len(made) > 0
	return made
}
