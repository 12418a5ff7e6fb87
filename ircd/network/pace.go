package network

import (
	"sync"
	"time"
)

// A pace lets something happen a few times at once, and then once in a while, for
// each key.
type pace struct {
	mu   sync.Mutex
	full fading[string, time.Time] // when the whole burst is there again
}

// wait counts one happening, or returns how long it has to wait.
func (p *pace) wait(key string, burst int, every time.Duration, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	full, ok := p.full.get(key, now)
	if !ok {
		full = now
	}
	if over := full.Sub(now) - time.Duration(burst-1)*every; over > 0 {
		return over
	}
	full = full.Add(every)
	p.full.put(key, full, full, now)
	return 0
}
