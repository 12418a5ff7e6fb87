package network

import (
	"sync"

	"github.com/parley-irc/parley/ircd/event"
)

// A told is what clients have been told, or will have, before it is published (again). What one
// server has said may have been learnt from another one.
type told struct {
	mu    sync.Mutex
	all   map[event.Stamp]bool
	order []event.Stamp
}

// maxTold bounds it: what is published again follows soon.
const maxTold = 1 << 14

// tell notes that clients have been told what a server has published, or will have.
func (p *peer) tell(s event.Stamp) {
	t := p.told
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.all[s] {
		return
	}
	if t.all == nil {
		t.all = map[event.Stamp]bool{}
	}
	if len(t.order) >= maxTold {
		delete(t.all, t.order[0])
		t.order = t.order[1:]
	}
	t.all[s], t.order = true, append(t.order, s)
}

// hasTold reports whether that has been noted.
func (p *peer) hasTold(s event.Stamp) bool {
	t := p.told
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.all[s]
}
