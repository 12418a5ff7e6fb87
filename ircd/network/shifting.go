package network

import (
	"context"
	"sync"
)

// shifting says whether history is on its way from one buffer to another. Whoever reads it for
// another server waits until it has arrived, and reads it again if some set out meanwhile:
// what was in neither place would be missed, and what is in the old one, although it is said
// that the shift is known, would stay there for good. Those who move hold locks, so they
// never wait for readers. The zero value is ready.
type shifting struct {
	mu    sync.Mutex
	now   int           // shifts that are under way
	begun uint64        // that ever were
	none  chan struct{} // closed when none is under way any more
}

// begin is to be called before a shift is noted, and end when it is done.
func (s *shifting) begin() (end func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begun++
	if s.now++; s.now == 1 {
		s.none = make(chan struct{})
	}
	return s.end
}

func (s *shifting) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now--; s.now == 0 {
		close(s.none)
	}
}

// state returns how many shifts have begun, and a channel to wait for if some have not ended.
func (s *shifting) state() (begun uint64, none <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now > 0 {
		none = s.none
	}
	return s.begun, none
}

// still waits until none is under way, and returns how many there have been.
func (s *shifting) still(ctx context.Context) (begun uint64, err error) {
	for {
		begun, none := s.state()
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
