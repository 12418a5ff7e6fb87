package dispatch

import (
	"sync"
	"sync/atomic"
)

// A Tally counts what has happened since the server started. Any goroutine may add to
// it.
type Tally struct {
	Read, Written atomic.Uint64 // bytes, without those of TLS

	Connected  atomic.Uint64 // connections that were served
	Registered atomic.Uint64 // of them, those that became clients
	Flooded    atomic.Uint64 // those that were ended because of a limit
	Overflowed atomic.Uint64 // of them, those that did not read what they were sent
	Silent     atomic.Uint64 // those that were ended because they said nothing

	LoggedIn, LoginFailed atomic.Uint64

	Panics atomic.Uint64 // commands that went wrong by a mistake of ours

	mu   sync.Mutex
	acts map[string]uint64
}

func (t *Tally) act(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.acts == nil {
		t.acts = map[string]uint64{}
	}
	t.acts[name]++
}

// Acts returns how often operators have done what, by the name of the act.
func (t *Tally) Acts(name string) uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.acts[name]
}
