package listener

import (
	"fmt"
	"net/netip"
	"slices"
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
	// Classes have limits of their own, in place of those by address. Of several that an
	// address is in, the first one counts.
	Classes []Class
	// Mass is how many connections from addresses that are not Known may be opened within
	// MassWindow, wherever they come from.
	Mass       int
	MassWindow time.Duration
	Known      func(addr netip.Addr) bool // nil: nobody is
}

// A Class is the limits of some networks.
type Class struct {
	Name               string
	From               []netip.Prefix
	Most               int // connections of all its addresses together
	PerAddress, Rate   int
	Window             time.Duration
	PrefixV4, PrefixV6 int
}

// everybody is the class of those who are in no other.
func (l *Limits) everybody() Class {
	return Class{"", nil, 0, l.PerAddress, l.Rate, l.Window, l.PrefixV4, l.PrefixV6}
}

// classOf returns the class of an address.
func (l *Limits) classOf(addr netip.Addr) Class {
	for _, c := range l.Classes {
		if contains(c.From, addr) {
			return c
		}
	}
	return l.everybody()
}

// A Limiter decides who is admitted. Its memory is bounded by the number of
// connections and a constant.
type Limiter struct {
	mu    sync.Mutex
	l     Limits
	total int
	seen  map[place]*visitor
	sweep int            // the size of seen at which it is next cleaned
	open  map[string]int // connections by class
	mass  visitor        // all who are not known
}

// A place is what counts as one address in a class.
type place struct {
	class   string
	network netip.Prefix
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
	m := &Limiter{seen: map[place]*visitor{}, sweep: 1024, open: map[string]int{}}
	m.Configure(l)
	return m
}

// Configure replaces the limits. Connections that exceed them stay.
func (m *Limiter) Configure(l Limits) {
	l.PrefixV4, l.PrefixV6 = bits(l.PrefixV4, 32, 32), bits(l.PrefixV6, 128, 64)
	l.Classes = slices.Clone(l.Classes)
	for i := range l.Classes {
		c := &l.Classes[i]
		c.PrefixV4, c.PrefixV6 = bits(c.PrefixV4, 32, 32), bits(c.PrefixV6, 128, 64)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.l = l
}

// bits returns n, unless it is no length of a prefix.
func bits(n, most, usual int) int {
	if n <= 0 || n > most {
		return usual
	}
	return n
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
	c := m.l.classOf(addr)
	v := m.visitor(c, addr, now)
	switch {
	case c.Most > 0 && m.open[c.Name] >= c.Most:
		return nil, refused("There are %d connections from networks such as yours, which is the limit. Try again later.", m.open[c.Name])
	case c.PerAddress > 0 && v.open >= c.PerAddress:
		return nil, refused("There are %d connections from your address, which is the limit. Close one, then try again.", v.open)
	}
	if wait := v.wait(c.Rate, c.Window, now); wait > 0 {
		return nil, refused("Too many connections were opened from your address. Try again in %s.", seconds(wait))
	}
	if m.l.Mass > 0 && (m.l.Known == nil || !m.l.Known(addr)) {
		if wait := m.mass.wait(m.l.Mass, m.l.MassWindow, now); wait > 0 {
			return nil, refused("Too many connections are opened to this server just now. Try again in a minute.")
		}
		m.mass.note(m.l.Mass, m.l.MassWindow, now)
	}
	v.note(c.Rate, c.Window, now)
	v.open++
	m.total++
	m.open[c.Name]++
	return (&admission{m: m, v: v, class: c.Name}).release, nil
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

// next returns when v will be quiet after one connection more.
func (v *visitor) next(rate int, window time.Duration, now time.Time) time.Time {
	quiet := v.quiet
	if quiet.Before(now) {
		quiet = now
	}
	// A clock that was set back, or a window made shorter, must not lock out.
	return earlier(quiet, now.Add(window)).Add(window / time.Duration(rate))
}

// wait returns how long v must wait before one connection more.
func (v *visitor) wait(rate int, window time.Duration, now time.Time) time.Duration {
	if rate <= 0 || window <= 0 {
		return 0
	}
	return max(v.next(rate, window, now).Sub(now.Add(window)), 0)
}

// note notes a connection of v.
func (v *visitor) note(rate int, window time.Duration, now time.Time) {
	if rate > 0 && window > 0 {
		v.quiet = v.next(rate, window, now)
	}
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
	class    string
	released bool // guarded by the lock of m
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
		a.m.open[a.class]--
	}
}

// visitor returns the record of an address.
func (m *Limiter) visitor(c Class, addr netip.Addr, now time.Time) *visitor {
	bits := c.PrefixV6
	if addr.Is4() {
		bits = c.PrefixV4
	}
	network, _ := addr.Prefix(bits) // cannot fail: bits are in range
	key := place{c.Name, network}
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
