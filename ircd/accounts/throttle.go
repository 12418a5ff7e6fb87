package accounts

import (
	"net/netip"
	"sync"
	"time"
)

// A Limit allows Burst attempts at once and another one each time Every has
// passed.
type Limit struct {
	Burst int
	Every time.Duration
}

const mostKeys = 1 << 16 // remembered by a throttle, about 5 MB

// A throttle counts attempts by key. An attempt is counted before it is judged
// and forgotten if it succeeds, so that a thousand at once do not all get through
// before the first has failed.
type throttle struct {
	now  func() time.Time
	mu   sync.Mutex // nothing waits under it
	full map[string]time.Time
}

// newThrottle returns a throttle. For each key it keeps the time at which all
// attempts will be available again: one number is a whole leaky bucket.
func newThrottle(now func() time.Time) throttle {
	return throttle{now: now, full: map[string]time.Time{}}
}

// take counts an attempt. If there are none left, it returns how long to wait.
func (t *throttle) take(key string, l Limit) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	full, wait := t.next(key, l, now)
	if wait > 0 {
		return wait
	}
	if _, known := t.full[key]; !known {
		t.sweep(now)
	}
	t.full[key] = full
	return 0
}

// wait returns what take would, but counts nothing.
func (t *throttle) wait(key string, l Limit) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, wait := t.next(key, l, t.now())
	return wait
}

// next returns when all attempts will be available after one more, and how long
// to wait until there is one.
func (t *throttle) next(key string, l Limit, now time.Time) (full time.Time, wait time.Duration) {
	full = t.full[key]
	if full.Before(now) {
		full = now
	}
	full = full.Add(l.Every)
	return full, max(0, full.Sub(now)-time.Duration(l.Burst)*l.Every)
}

// forget takes back an attempt.
func (t *throttle) forget(key string, l Limit) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if full, ok := t.full[key]; ok {
		t.full[key] = full.Add(-l.Every)
	}
}

// sweep makes room for a key: first it drops what has no effect any more, and
// if that is not enough, any.
func (t *throttle) sweep(now time.Time) {
	if len(t.full) < mostKeys {
		return
	}
	for key, full := range t.full {
		if !full.After(now) {
			delete(t.full, key)
		}
	}
	for key := range t.full {
		if len(t.full) < mostKeys*3/4 {
			return
		}
		delete(t.full, key)
	}
}

// known remembers from where accounts have logged in. Such an address has a
// throttle of its own: a stranger who guesses wrong all the time must not keep
// the owner out.
type known struct {
	mu   sync.Mutex
	keys map[string]bool
}

func (k *known) add(key string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.keys == nil || len(k.keys) >= mostKeys {
		k.keys = map[string]bool{}
	}
	k.keys[key] = true
}

func (k *known) has(key string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.keys[key]
}

// attacker returns the key of an address: what one person has at their disposal,
// which with IPv6 is a /64 network.
func attacker(addr netip.Addr) string {
	addr = addr.Unmap().WithZone("")
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.String()
		}
	}
	return addr.String()
}
