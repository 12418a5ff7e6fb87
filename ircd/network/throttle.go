package network

import (
	"sync"
	"time"
)

// A throttle lets something pass once in a while for each key.
type throttle struct {
	mu   sync.Mutex
	last map[string]time.Time
}

const maxThrottled = 1 << 16

// pass reports whether the last time for key is longer ago than every; if so, it
// is now.
func (t *throttle) pass(key string, every time.Duration, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if last, ok := t.last[key]; ok && now.Sub(last) < every {
		return false
	}
	if t.last == nil || len(t.last) >= maxThrottled {
		t.last = map[string]time.Time{}
	}
	t.last[key] = now
	return true
}
