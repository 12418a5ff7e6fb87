package listener

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"time"
)

// A Lookup finds out about addresses: their host names, from DNS, and the names
// of the users who connect from them, from RFC 1413 servers. What it returns has
// been validated and may be shown to everybody. The zero value works; fields
// may be set before the first use.
type Lookup struct {
	// Resolver is a *net.Resolver or a substitute; nil is net.DefaultResolver.
	Resolver Resolver
	// Timeout bounds Host and Ident each. 0 is 3 seconds.
	Timeout time.Duration
	// TTL is how long names, and that there is none, are remembered. 0 is 10 minutes.
	TTL time.Duration
	// HostMax is the longest host name, in bytes; longer ones are not used. 0 is 63.
	HostMax int
	// Dial connects to the ident server. Nil: from the local address.
	Dial func(ctx context.Context, local netip.Addr, server netip.AddrPort) (net.Conn, error)

	mu    sync.Mutex
	known map[netip.Addr]*answer
	slots chan struct{}
}

// A Resolver is the part of *net.Resolver that Lookup uses.
type Resolver interface {
	LookupAddr(ctx context.Context, addr string) (names []string, err error)
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// An answer is a host name, or its absence, once done is closed.
type answer struct {
	done    chan struct{}
	host    string
	expires time.Time // zero until done
}

const (
	answersMax = 4096
	// queriesMax bounds concurrent queries, of which each has a socket. A flood
	// from many addresses leaves the later ones without name.
	queriesMax = 64
	// namesMax bounds how many names of an address are tried.
	namesMax = 3
)

// Host returns the name of an address, if the name in turn has the address: the
// owner of an address can claim any name for it. It returns false if there is no
// such name within the timeout. Concurrent calls for an address share one query.
func (l *Lookup) Host(ctx context.Context, addr netip.Addr) (string, bool) {
	addr = plain(addr)
	if !addr.IsValid() {
		return "", false
	}
	ctx, cancel := context.WithTimeout(ctx, l.timeout())
	defer cancel()
	a, ask := l.answer(addr)
	if ask {
		// The query goes on without this client, if others wait for it.
		go l.ask(context.WithoutCancel(ctx), addr, a)
	}
	select {
	case <-ctx.Done():
		return "", false
	case <-a.done:
		return a.host, a.host != ""
	}
}

// answer returns what is known about addr. If the caller is to ask, it is nothing.
func (l *Lookup) answer(addr netip.Addr) (a *answer, ask bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if a := l.known[addr]; a != nil && (a.expires.IsZero() || now.Before(a.expires)) {
		return a, false
	}
	if l.known == nil {
		l.known, l.slots = map[netip.Addr]*answer{}, make(chan struct{}, queriesMax)
	}
	if len(l.known) >= answersMax {
		l.forget(now)
	}
	a = &answer{done: make(chan struct{})}
	l.known[addr] = a
	return a, true
}

// forget makes room: what has expired, else a part chosen by the map's order.
func (l *Lookup) forget(now time.Time) {
	for addr, a := range l.known {
		if len(l.known) > answersMax*3/4 || !a.expires.IsZero() && !now.Before(a.expires) {
			delete(l.known, addr)
		}
	}
}

func (l *Lookup) ask(ctx context.Context, addr netip.Addr, a *answer) {
	ctx, cancel := context.WithTimeout(ctx, l.timeout())
	defer cancel()
	host, certain := "", false
	select {
	case <-ctx.Done():
	case l.slots <- struct{}{}:
		host, certain = l.query(ctx, addr)
		<-l.slots
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	a.host, a.expires = host, time.Now()
	if certain {
		a.expires = a.expires.Add(l.ttl())
	}
	close(a.done)
}

// query returns the confirmed name, and whether its absence is certain, rather
// than that of an answer.
func (l *Lookup) query(ctx context.Context, addr netip.Addr) (host string, certain bool) {
	r := l.Resolver
	if r == nil {
		r = net.DefaultResolver
	}
	// With an error there are names, too, if those that are none were left out.
	names, _ := r.LookupAddr(ctx, addr.String())
	network := "ip6"
	if addr.Is4() {
		network = "ip4"
	}
	for _, name := range names[:min(len(names), namesMax)] {
		host, ok := validHost(name, l.hostMax())
		if !ok {
			continue
		}
		addrs, err := r.LookupNetIP(ctx, network, host+".")
		if err != nil {
			continue
		}
		for _, a := range addrs {
			if plain(a) == addr {
				return host, true
			}
		}
	}
	return "", ctx.Err() == nil
}

func (l *Lookup) timeout() time.Duration { return or(l.Timeout, 3*time.Second) }
func (l *Lookup) ttl() time.Duration     { return or(l.TTL, 10*time.Minute) }
func (l *Lookup) hostMax() int           { return or(l.HostMax, 63) }

func or[T ~int | ~int64](v, otherwise T) T {
	if v > 0 {
		return v
	}
	return otherwise
}
