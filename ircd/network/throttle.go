package network

import (
	"sync"
	"time"
)

// A throttle lets something pass once in a while for each key.
type throttle struct {
	mu   sync.Mutex
	last fading[string, struct{}]
}

// pass reports whether the last time for key is longer ago than every; if so, it
// is now.
func (t *throttle) pass(key string, every time.Duration, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.last.get(key, now); ok {
		return false
	}
	t.last.put(key, struct{}{}, now.Add(every), now)
	return true
}
