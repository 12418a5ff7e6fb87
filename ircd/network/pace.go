package network

import (
	"sync"
	"time"
)

// A pace lets something happen a few times at once, and then once in a while, for
// each key.
type pace struct {
	mu   sync.Mutex
	full map[string]time.Time // when the whole burst is there again
}

// wait counts one happening, or returns how long it has to wait.
func (p *pace) wait(key string, burst int, every time.Duration, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	full := p.full[key]
	if full.Before(now) {
		full = now
	}
	if over := full.Sub(now) - time.Duration(burst-1)*every; over > 0 {
		return over
	}
	if p.full == nil {
		p.full = map[string]time.Time{}
	}
	if len(p.full) >= maxThrottled {
		p.forget(now)
	}
	p.full[key] = full.Add(every)
	return 0
}

// forget makes room: those whose burst is whole again first.
func (p *pace) forget(now time.Time) {
	for key, full := range p.full {
		if full.Before(now) {
			delete(p.full, key)
		}
	}
	if len(p.full) >= maxThrottled {
		clear(p.full)
	}
}
