package network

import (
	"time"
)

// Servers that are linked and get all that happens know the same. But what one learns
// when it meets another may be out of date: that is known to a third one, which it has
// met before. So they compare again after that, and now and then in any case. And what a
// server out of reach says, or has said last, may have reached some of the others: while
// there is one, they are asked.
const (
	tendEvery  = 5 * time.Second
	tendAnyway = 2 * time.Minute
	// settled is after how long what was on its way has arrived.
	settled = 3 * time.Second
)

// tend compares what this server knows with what others do, until the server stops.
func (n *Network) tend() {
	t := time.NewTicker(tendEvery)
	defer t.Stop()
	last, collected := time.Now(), time.Now()
	for {
		select {
		case <-n.peers.ctx.Done():
			return
		case <-t.C:
		}
		n.savePoints(false)
		if time.Since(collected) >= collectEvery {
			collected = time.Now()
			n.collect()
		}
		doubt := n.peers.doubt.Swap(false) || time.Since(last) > tendAnyway
		if doubt {
			last = time.Now()
		}
		missing := !n.peers.none(away)
		for _, p := range n.peers.sorted() {
			if !p.isLinked() || !doubt && !missing && p.isCaught() && !p.hasFound() {
				continue
			}
			err := n.catchUp(n.peers.ctx, p, false)
			if err == nil && doubt {
				err = n.compare(p)
			}
			if err != nil && n.peers.ctx.Err() == nil {
				n.peers.doubt.Store(true)
				n.Log.Debug("servers not compared", "server", p.name(), "error", err)
			}
		}
	}
}

// compare learns from a server that is linked what has differed for a while: what
// differs for a moment is on its way.
func (n *Network) compare(p *peer) error {
	ctx, epoch, heard := n.peers.ctx, p.age(), p.lastHeard()
	before, err := n.differences(ctx, p)
	if err != nil {
		return err
	}
	if len(before) == 0 {
		p.agree(heard, epoch)
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(settled):
	}
	now, err := n.differences(ctx, p)
	if err != nil {
		return err
	}
	agreed := true
	for scope, sums := range now {
		if was, ok := before[scope]; was != sums {
			delete(now, scope)
			agreed = agreed && !ok
		}
	}
	if agreed && len(now) == 0 {
		p.agree(heard, epoch)
	}
	if len(now) > 0 {
		n.Log.Info("servers differ", "server", p.name(), "scopes", len(now))
	}
	return n.fetch(ctx, p, now)
}
