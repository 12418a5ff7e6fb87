package network

import (
	"context"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/link"
)

// A peer is another server as this one has come to know it.
type peer struct {
	sid string

	mu     sync.Mutex
	server link.Server
	phase  phase
	until  time.Time         // when it was heard, unless it is up
	epoch  int               // counts how often it was up: what belongs to earlier times is dropped
	held   [][]byte          // what it has published while it was met
	gave   bool              // this run of it was asked for what this server has lost
	turn   map[string]uint64 // what it had when it was asked last: see shelf.turn
	found  bool              // it may have what others do not miss
	caught bool              // all that has happened before is known
	told   *told             // of all peers
	last   event.Stamp       // of what it has published
	agreed event.Stamp       // up to which of that nothing has been missed: see compare
	size   int               // of held, in bytes
	lost   bool              // held was too much
	cancel context.CancelFunc
	ready  chan struct{} // closed unless it is away

	taking sync.Mutex // held while something is applied that is not received just now

	inReach bool // its users are here; guarded by peers.telling
}

type phase uint8

const (
	away   phase = iota // out of reach
	met                 // being brought into step
	linked              // in step: what it publishes is applied at once
)

// maxHeld is how much a server may publish while it is met, in bytes, before it is met
// again from the beginning.
const maxHeld = 64 << 20

// end notes that a server is down.
func (p *peer) end(now time.Time) (epoch int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.phase == away {
		return p.epoch
	}
	p.cancel()
	p.phase, p.held, p.size, p.until = away, nil, 0, now.Add(-silence)
	p.ready = make(chan struct{})
	return p.epoch
}

// silence is how long it may take until it is noticed that a server is not heard any more.
const silence = 3 * time.Second

// heardUntil returns when the server was heard for certain, before it was out of reach.
func (p *peer) heardUntil() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.until
}

// take reports whether what the server has published is to be applied now. If it is
// being met, it is kept for later.
func (p *peer) take(data []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.phase == met && !p.lost {
		p.held = append(p.held, data)
		p.size += len(data)
		if p.size > maxHeld {
			p.held, p.size, p.lost = nil, 0, true
		}
	}
	return p.phase == linked
}

// catch notes whether all that has happened before is known.
func (p *peer) catch(all bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.caught = all
}

// catchIn is catch for what was asked for in an epoch, which may have ended meanwhile.
func (p *peer) catchIn(epoch int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.caught = p.caught || p.epoch == epoch
}

func (p *peer) isCaught() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.caught
}

func (p *peer) heard(s event.Stamp) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = s
}

func (p *peer) lastHeard() event.Stamp {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last
}

// agree notes that in an epoch this server knew the same as the other one, which had
// published this.
func (p *peer) agree(s event.Stamp, epoch int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.epoch == epoch && p.phase == linked {
		p.agreed = s
	}
}

func (p *peer) age() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.epoch
}

func (p *peer) lastAgreed() event.Stamp {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.agreed
}

// is reports whether the server is in that phase of that epoch.
func (p *peer) is(epoch int, ph phase) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.epoch == epoch && p.phase == ph
}

func (p *peer) isLinked() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.phase == linked
}

func (p *peer) info() link.Server {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.server
}

func (p *peer) name() string { return p.info().Name }

// give notes that a run of the server was asked for what this one has said and lost, and what
// it had by then.
func (p *peer) give(boot string, turn map[string]uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server.Boot == boot {
		p.gave, p.turn = true, turn
	}
}

func (p *peer) given() (gave bool, turn map[string]uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.gave, p.turn
}

// find notes that the server has found something, look that it is asked for that.
func (p *peer) find() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.found = true
}

func (p *peer) look() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.found = false
}

func (p *peer) hasFound() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.found
}
