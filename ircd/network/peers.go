package network

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/link"
)

// peers are the other servers. Its lock is never held while another is taken.
type peers struct {
	mu   sync.Mutex
	all  map[string]*peer // by SID
	open chan struct{}    // closed when the link can be used
	ctx  context.Context  // of all that is done for them
	quit context.CancelFunc

	// doubt means that something has been learnt from a server that others may know
	// better: see tend.
	doubt atomic.Bool

	// writes is the version of the encoding of events in which they are published.
	writes atomic.Uint32

	told told

	telling  sync.Mutex // held while clients are told that servers come and go
	passages uint64     // guarded by telling
}

func (ps *peers) get(sid string) *peer {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	p := ps.all[sid]
	if p == nil {
		p = &peer{sid: sid, ready: make(chan struct{}), told: &ps.told}
		ps.all[sid] = p
	}
	return p
}

// begin notes that a server is up.
func (ps *peers) begin(s link.Server) (p *peer, ctx context.Context, epoch int) {
	p = ps.get(s.SID)
	p.taking.Lock() // nothing of an earlier epoch comes behind what is answered in this one
	defer p.taking.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server.Boot != s.Boot {
		p.last, p.agreed = event.Stamp{}, event.Stamp{}
		p.gave, p.turn = false, nil
	}
	p.server, p.phase = s, met
	p.held, p.size, p.lost = nil, 0, false
	p.caught = false
	p.epoch++
	ctx, p.cancel = context.WithCancel(ps.ctx)
	close(p.ready)
	return p, ctx, p.epoch
}

// agree chooses the newest version that all servers read which were ever up: those that are
// away ask for what was published meanwhile.
func (n *Network) agree() {
	version := n.self.Writes
	for _, p := range n.peers.sorted() {
		version = min(version, p.info().Writes)
	}
	if was := n.peers.writes.Swap(uint32(version)); was != uint32(version) {
		n.Log.Info("the encoding of events that all servers read", "version", version)
	}
}

// encode returns an event as all servers read it.
func (n *Network) encode(e *event.Event) ([]byte, error) {
	return event.EncodeAs(e, uint8(n.peers.writes.Load()))
}

var errTooMuch = errors.New("it has said too much while it was met")

// drain applies what the server has published while it was met, and then it is linked.
func (n *Network) drain(p *peer, epoch int) error {
	for {
		p.mu.Lock()
		held, lost := p.held, p.lost
		p.held, p.size, p.lost = nil, 0, false
		switch {
		case p.epoch != epoch || p.phase != met:
			p.mu.Unlock()
			return context.Canceled
		case lost:
			p.mu.Unlock()
			return errTooMuch
		case len(held) == 0:
			p.phase = linked
			p.mu.Unlock()
			return nil
		}
		p.mu.Unlock()
		for _, data := range held {
			if err := n.takeIn(p, epoch, data); err != nil {
				return err
			}
		}
	}
}

// takeIn is take for what has been received in an epoch.
func (n *Network) takeIn(p *peer, epoch int, data []byte) error {
	p.taking.Lock()
	defer p.taking.Unlock()
	if !p.is(epoch, met) {
		return context.Canceled
	}
	return n.take(p, data)
}

// await waits until a server is up.
func (ps *peers) await(ctx context.Context, sid string) error {
	p := ps.get(sid)
	p.mu.Lock()
	ready := p.ready
	p.mu.Unlock()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-ps.ctx.Done():
		return ps.ctx.Err()
	case <-ready:
		return nil
	}
}

// agreed returns up to when nothing has been missed that a server has published.
func (ps *peers) agreed(sid string) event.Stamp {
	ps.mu.Lock()
	p := ps.all[sid]
	ps.mu.Unlock()
	if p == nil {
		return event.Stamp{}
	}
	return p.lastAgreed()
}

// known returns who a server is, if it was up in this run.
func (ps *peers) known(sid string) (s link.Server, ok bool) {
	ps.mu.Lock()
	p := ps.all[sid]
	ps.mu.Unlock()
	if p == nil {
		return s, false
	}
	s = p.info()
	return s, s.Boot != ""
}

// none reports whether no server is in that phase.
func (ps *peers) none(ph phase) bool {
	for _, p := range ps.sorted() {
		p.mu.Lock()
		is := p.phase == ph
		p.mu.Unlock()
		if is {
			return false
		}
	}
	return true
}

// sorted returns all peers that have been up, by name.
func (ps *peers) sorted() (all []*peer) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	for _, p := range ps.all {
		if p.name() != "" {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b *peer) int { return strings.Compare(a.name(), b.name()) })
	return all
}

// givers returns the servers that were asked for what this one has lost.
func (ps *peers) givers() (all []string) {
	for _, p := range ps.sorted() {
		if gave, _ := p.given(); gave {
			all = append(all, p.sid)
		}
	}
	return all
}
