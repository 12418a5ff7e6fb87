package network

import (
	"context"
	"sync"
)

// moving says whether history is on its way from one buffer to another. Whoever reads it for
// another server waits until it has arrived, and reads it again if some set out meanwhile:
// what was in neither place would be missed, and what is in the old one, although it is said
// that the shift is known, would stay there for good. Those who move hold locks, so they
// never wait for readers. The zero value is ready.
type moving struct {
	mu    sync.Mutex
	now   int           // shifts that are under way
	begun uint64        // that ever were
	none  chan struct{} // closed when none is under way any more
}

// begin is to be called before a shift is noted, and end when it is done.
func (m *moving) begin() (end func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.begun++
	if m.now++; m.now == 1 {
		m.none = make(chan struct{})
	}
	return m.end
}

func (m *moving) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.now--; m.now == 0 {
		close(m.none)
	}
}

// state returns how many shifts have begun, and a channel to wait for if some have not ended.
func (m *moving) state() (begun uint64, none <-chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.now > 0 {
		none = m.none
	}
	return m.begun, none
}

// still waits until none is under way, and returns how many there have been.
func (m *moving) still(ctx context.Context) (begun uint64, err error) {
	for {
		begun, none := m.state()
		if none == nil {
			return begun, nil
		}
		select {
		case <-none:
		case <-ctx.Done():
			return begun, ctx.Err()
		}
	}
}
