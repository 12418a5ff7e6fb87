package listener

import (
	"fmt"
	"net/netip"
	"sync"
	"time"
)

// Limits bound how many connections there may be. A limit of 0 is none.
type Limits struct {
	// MaxClients is the total, of all addresses.
	MaxClients int
	// PerAddress is how many connections may come from one address at once.
	PerAddress int
	// Rate is how many connections may be opened from one address within Window.
	Rate   int
	Window time.Duration
	// PrefixV4 and PrefixV6 say how many bits make an address: a household has
	// 2^64 of the latter. 0 is 32 and 64.
	PrefixV4, PrefixV6 int
	// Exempt are only counted in MaxClients.
	Exempt []netip.Prefix
}

// A Limiter decides who is admitted. Its memory is bounded by the number of
// connections and a constant.
type Limiter struct {
	mu    sync.Mutex
	l     Limits
	total int
	seen  map[netip.Prefix]*visitor
	sweep int // the size of seen at which it is next cleaned
}

// A visitor is an address with connections, or with some not long ago.
type visitor struct {
	open int
	// quiet is when all connections opened so far will have been forgotten, if
	// each is for Window/Rate: the "theoretical arrival time" of the generic
	// cell rate algorithm, which lets Rate through at once and then one at a time.
	quiet time.Time
}

// recentMax bounds the addresses that are remembered without a connection.
const recentMax = 1 << 16

// NewLimiter returns a Limiter without connections.
func NewLimiter(l Limits) *Limiter {
	m := &Limiter{seen: map[netip.Prefix]*visitor{}, sweep: 1024}
	m.Configure(l)
	return m
}

// Configure replaces the limits. Connections that exceed them stay.
func (m *Limiter) Configure(l Limits) {
	if l.PrefixV4 <= 0 || l.PrefixV4 > 32 {
		l.PrefixV4 = 32
	}
	if l.PrefixV6 <= 0 || l.PrefixV6 > 128 {
		l.PrefixV6 = 64
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.l = l
}

// Clients returns how many connections are admitted and not released.
func (m *Limiter) Clients() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.total
}

// Admit counts a connection from addr, which is invalid for a unix socket, until
// release is called (once or more). The error is a Refused.
func (m *Limiter) Admit(addr netip.Addr, now time.Time) (release func(), err error) {
	addr = plain(addr)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.l.MaxClients > 0 && m.total >= m.l.MaxClients {
		return nil, refused("This server is full, with %d connections. Try again later.", m.total)
	}
	if !addr.IsValid() || contains(m.l.Exempt, addr) {
		m.total++
		return (&admission{m: m}).release, nil
	}
	v := m.visitor(addr, now)
	if m.l.PerAddress > 0 && v.open >= m.l.PerAddress {
		return nil, refused("There are %d connections from your address, which is the limit. Close one, then try again.", v.open)
	}
	if wait := m.throttle(v, now); wait > 0 {
		return nil, refused("Too many connections were opened from your address. Try again in %s.", seconds(wait))
	}
	v.open++
	m.total++
	return (&admission{m: m, v: v}).release, nil
}

// Refused is a sentence that tells a client why it was not admitted.
type Refused string

func (r Refused) Error() string { return string(r) }

func refused(format string, args ...any) error { return Refused(fmt.Sprintf(format, args...)) }

func seconds(d time.Duration) string {
	if s := int((d + time.Second - 1) / time.Second); s > 1 {
		return fmt.Sprintf("%d seconds", s)
	}
	return "a second"
}

// throttle returns how long v must wait, or notes a connection.
func (m *Limiter) throttle(v *visitor, now time.Time) time.Duration {
	if m.l.Rate <= 0 || m.l.Window <= 0 {
		return 0
	}
	each := m.l.Window / time.Duration(m.l.Rate)
	quiet := v.quiet
	if quiet.Before(now) {
		quiet = now
	}
	// A clock that was set back, or a window made shorter, must not lock out.
	quiet = earlier(quiet, now.Add(m.l.Window))
	if wait := quiet.Add(each).Sub(now.Add(m.l.Window)); wait > 0 {
		return wait
	}
	v.quiet = quiet.Add(each)
	return 0
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// An admission is a connection that counts until it is released.
type admission struct {
	m        *Limiter
	v        *visitor // or nil
	released bool     // guarded by the lock of m
}

func (a *admission) release() {
	a.m.mu.Lock()
	defer a.m.mu.Unlock()
	if a.released {
		return
	}
	a.released = true
	a.m.total--
	if a.v != nil {
		a.v.open--
	}
}

// visitor returns the record of an address.
func (m *Limiter) visitor(addr netip.Addr, now time.Time) *visitor {
	bits := m.l.PrefixV6
	if addr.Is4() {
		bits = m.l.PrefixV4
	}
	key, _ := addr.Prefix(bits) // cannot fail: bits are in range
	if v := m.seen[key]; v != nil {
		return v
	}
	if len(m.seen) >= m.sweep {
		m.clean(now)
	}
	v := &visitor{}
	m.seen[key] = v
	return v
}

// clean forgets addresses of which nothing matters any more. If too many are
// left that have no connection, some are forgotten early, at random: whoever
// commands that many addresses is not stopped by a rate per address.
func (m *Limiter) clean(now time.Time) {
	idle := 0
	for key, v := range m.seen {
		switch {
		case v.open > 0:
		case !v.quiet.After(now), idle >= recentMax:
			delete(m.seen, key)
		default:
			idle++
		}
	}
	m.sweep = max(1024, 2*len(m.seen))
}
