package network

import (
	"maps"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/state"
)

// Servers tell each other up to when they have merged what each has published. What
// every server of the network has merged is settled, also a server that is out of reach
// now: a tombstone that is settled is needed no more.

// collectEvery is how often what is settled is forgotten.
const collectEvery = time.Minute

// settledSlack is how much later than its stamp an event may be published.
const settledSlack = 5 * time.Second

// A settlement is what servers have said that they have merged.
type settlement struct {
	mu sync.Mutex
	by map[string]map[string]event.Stamp // by SID of who says so, and of whom
}

// heard returns up to when this server has merged what the others have published. That
// it has heard the last of it is not enough: what was lost before is found by comparing.
// Of one that is out of reach, that is what it was.
func (n *Network) heard() map[string]event.Stamp {
	up := map[string]event.Stamp{}
	for _, p := range n.peers.sorted() {
		if s := p.lastAgreed(); !s.IsZero() {
			s.Ticks -= min(s.Ticks, uint64(settledSlack.Milliseconds())<<16)
			up[p.sid] = s
		}
	}
	return up
}

// applyHeard notes what another server has merged.
func (n *Network) applyHeard(e *event.Event, b event.Heard) {
	n.settled.mu.Lock()
	defer n.settled.mu.Unlock()
	if n.settled.by == nil {
		n.settled.by = map[string]map[string]event.Stamp{}
	}
	n.settled.by[e.Server] = b.Up
}

// isSettled returns what decides whether every server has merged what has this stamp.
func (n *Network) isSettled() func(event.Stamp) bool {
	self, mine, now := n.Clock.Server(), n.heard(), n.Clock.Now()
	known := n.World.Servers()
	n.settled.mu.Lock()
	said := maps.Clone(n.settled.by)
	n.settled.mu.Unlock()
	for _, p := range n.Link.Peers() {
		if _, met := known[p.SID]; !met { // it has not been reached since this server was started
			return func(event.Stamp) bool { return false }
		}
	}
	return func(s event.Stamp) bool {
		if _, ok := known[s.Server]; !ok { // a server that has left the network for good
			return now.Sub(s.Time()) > time.Hour
		}
		if s.Server != self && s.After(mine[s.Server]) {
			return false
		}
		for sid := range known {
			if sid != self && sid != s.Server && s.After(said[sid][s.Server]) {
				return false
			}
		}
		return true
	}
}

// collect forgets what is settled, and tells the others what this server has merged.
func (n *Network) collect() {
	settled := n.isSettled()
	n.World.Collect(settled)
	n.endEpochs(settled)
	n.ForgetGuests()
	if !n.peers.none(linked) {
		n.publish(n.event(Actor{}, event.Heard{Up: n.heard()}))
	}
}

// endEpochs removes what was said in earlier channels that have made way for others of
// the same name, where it is settled that they are not alive elsewhere. One server does,
// for all.
func (n *Network) endEpochs(settled func(event.Stamp) bool) {
	if n.History == nil || !n.first() {
		return
	}
	for _, ch := range n.World.Channels() {
		var since event.Stamp
		ch.View(func(v state.View) { since = v.Epoch() })
		buffer := string(ch.Key())
		if since.IsZero() || !settled(since) || !since.After(n.ledger.end(buffer)) {
			continue
		}
		b := event.Ended{Buffer: buffer, Until: since}
		e := n.event(Actor{}, b)
		n.log(e)
		n.publish(e)
		n.applyEnded(b)
	}
}

func (n *Network) applyEnded(b event.Ended) {
	if n.History == nil {
		return
	}
	for {
		old, err := n.History.Query(n.peers.ctx, b.Buffer, history.Query{Before: history.Of(b.Until), Limit: 200})
		if err != nil || len(old) == 0 {
			return
		}
		removed := false
		for _, e := range old {
			_, err := n.History.Rewrite(b.Buffer, e.ID(), func(*event.Event) *event.Event { return nil })
			removed = removed || err == nil
		}
		if !removed {
			return
		}
	}
}

// Forget lets a server leave the network for good: nobody waits for it any more. It must
// not be linked.
func (n *Network) Forget(sid string) {
	_ = n.World.Update(func(tx *state.Tx) error {
		n.announce(tx, Actor{}, event.Listed{}, noFact(event.Key{Kind: event.Server, Scope: sid}))
		return nil
	})
}
