package network

import (
	"context"
	"sync"

	"github.com/fxamacker/cbor/v2"

	"github.com/parley-irc/parley/ircd/event"
)

// What a server has published last is kept for a while. A connection between servers
// that breaks and comes back at once is then as if it had never been broken: what was
// lost on the way is published again, in order, and told as it happened.

// recent are the last publications, in their order.
type recent struct {
	mu   sync.Mutex
	all  []publication
	size int
}

type publication struct {
	stamp event.Stamp
	data  []byte
}

// Bounds of what is kept: events, and bytes.
const (
	maxRecent     = 1 << 13
	maxRecentSize = 2 << 20
)

// add keeps a publication. The lock is held.
func (r *recent) add(s event.Stamp, data []byte) {
	r.all = append(r.all, publication{s, data})
	r.size += len(data)
	drop := 0
	for drop < len(r.all) && (r.size > maxRecentSize || len(r.all)-drop > maxRecent) {
		r.size -= len(r.all[drop].data)
		r.all[drop].data = nil
		drop++
	}
	r.all = r.all[drop:]
}

// since returns what has been published after an event, or ok is false if that is not
// known any more.
func (r *recent) since(s event.Stamp) (all [][]byte, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := len(r.all) - 1; i >= 0; i-- {
		if r.all[i].stamp != s {
			continue
		}
		for _, p := range r.all[i+1:] {
			all = append(all, p.data)
		}
		return all, true
	}
	return nil, false
}

// recentList is the answer to askRecent. Found is false if too much has happened.
type recentList struct {
	Found  bool     `cbor:"1,keyasint"`
	Events [][]byte `cbor:"2,keyasint,omitempty"`
}

func (n *Network) answerRecent(_ context.Context, q *query) ([]byte, error) {
	var list recentList
	list.Events, list.Found = n.recent.since(q.Since)
	size := 0
	for _, b := range list.Events {
		size += len(b)
	}
	if size > page {
		list = recentList{}
	}
	return cbor.Marshal(list)
}

// replay applies what a server has published since it was heard last. If that is not to
// be had, it is found out what has become of it.
func (n *Network) replay(ctx context.Context, p *peer, epoch int) error {
	last := p.lastHeard()
	if last.IsZero() {
		return nil
	}
	var list recentList
	if err := n.inquire(ctx, p, query{Kind: askRecent, Since: last}, &list); err != nil {
		return err
	}
	for _, data := range list.Events {
		e, err := event.Decode(data)
		if err != nil {
			return err
		}
		if err := n.takeIn(p, epoch, data); err != nil {
			return err
		}
		p.tell(e.Stamp) // it may be among what the server publishes again
	}
	return nil
}
