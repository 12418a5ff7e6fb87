// Package blocklist asks lists of addresses that others keep in the DNS (DNSBL), such as
// of open proxies, whether an address is on them.
//
// Whoever connects waits for the answers no longer than a deadline: a list that does not
// answer has nothing to say. Answers are remembered, so that a wave of connections is not
// a wave of questions.
//
// See https://www.rfc-editor.org/rfc/rfc5782.
package blocklist

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// A List is one list.
type List struct {
	Zone string // "dnsbl.example.org"
	// Replies are the answers that count, such as 127.0.0.2; none: all of 127.0.0.0/8.
	Replies []netip.Addr
}

// A Hit is a list that an address is on, and what that list answers.
type Hit struct {
	Zone  string
	Reply netip.Addr
}

// A Resolver is the part of *net.Resolver that is used.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Options are how a Checker asks.
type Options struct {
	Resolver Resolver // nil: that of the system
	Lists    []List
	Timeout  time.Duration // for all lists together
	Keep     time.Duration // how long answers are remembered
}

const (
	// mostKept is how many addresses are remembered.
	mostKept = 1 << 16
	// mostAsked is how many questions may be open. More are not asked.
	mostAsked = 256
)

// A Checker asks some lists. Its options can change at any time.
type Checker struct {
	slots chan struct{}

	mu      sync.Mutex
	options Options
	kept    map[netip.Addr]*answer
}

// An answer is what the lists say of an address, once done is closed.
type answer struct {
	done chan struct{}
	hits []Hit
	// until is when it is forgotten; zero while it is being found out.
	until time.Time
}

// New returns a Checker without lists.
func New() *Checker {
	return &Checker{slots: make(chan struct{}, mostAsked), kept: map[netip.Addr]*answer{}}
}

// Configure replaces the options, and forgets what is remembered.
func (c *Checker) Configure(o Options) {
	if o.Resolver == nil {
		o.Resolver = net.DefaultResolver
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.options, c.kept = o, map[netip.Addr]*answer{}
}

// Active reports whether there are lists to ask.
func (c *Checker) Active() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.options.Lists) > 0
}

// Check returns the lists that an address is on, in the order of the lists. It returns
// when all have answered, when the deadline has passed, or when ctx ends.
func (c *Checker) Check(ctx context.Context, addr netip.Addr) []Hit {
	addr = addr.Unmap().WithZone("")
	if !addr.IsValid() || addr.IsLoopback() || addr.IsPrivate() || addr.IsLinkLocalUnicast() {
		return nil
	}
	a, o, mine := c.answerFor(addr)
	if a == nil {
		return nil
	}
	if !mine {
		select {
		case <-a.done:
			return a.hits
		case <-ctx.Done():
			return nil
		}
	}
	hits, sure := c.ask(ctx, o, addr)
	c.mu.Lock()
	defer c.mu.Unlock()
	a.hits = hits
	if a.until = time.Now().Add(o.Keep); !sure { // others ask again
		a.until = time.Now()
	}
	close(a.done)
	return hits
}

// answerFor returns the answer about an address, which is mine to find out, or somebody
// else's.
func (c *Checker) answerFor(addr netip.Addr) (a *answer, o Options, mine bool) {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.options.Lists) == 0 {
		return nil, o, false
	}
	if a = c.kept[addr]; a != nil && (a.until.IsZero() || now.Before(a.until)) {
		return a, c.options, false
	}
	if len(c.kept) >= mostKept {
		for k, old := range c.kept {
			if !old.until.IsZero() {
				delete(c.kept, k)
			}
		}
	}
	a = &answer{done: make(chan struct{})}
	c.kept[addr] = a
	return a, c.options, true
}

// ask asks all lists at once. It is sure if all have answered.
func (c *Checker) ask(ctx context.Context, o Options, addr netip.Addr) (hits []Hit, sure bool) {
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	found := make([]Hit, len(o.Lists))
	failed := make([]bool, len(o.Lists))
	var all sync.WaitGroup
	for i, l := range o.Lists {
		select {
		case c.slots <- struct{}{}:
		default:
			failed[i] = true
			continue
		}
		all.Go(func() {
			defer func() { <-c.slots }()
			found[i], failed[i] = l.ask(ctx, o.Resolver, addr)
		})
	}
	all.Wait()
	for _, h := range found {
		if h.Zone != "" {
			hits = append(hits, h)
		}
	}
	return hits, !slices.Contains(failed, true)
}

func (l List) ask(ctx context.Context, r Resolver, addr netip.Addr) (h Hit, failed bool) {
	replies, err := r.LookupNetIP(ctx, "ip4", name(addr)+"."+l.Zone+".")
	var dns *net.DNSError
	if err != nil {
		return h, !(errors.As(err, &dns) && dns.IsNotFound)
	}
	for _, a := range replies {
		a = a.Unmap()
		listed := len(l.Replies) == 0 && a.IsLoopback() || slices.Contains(l.Replies, a)
		if listed {
			return Hit{l.Zone, a}, false
		}
	}
	return h, false
}

// name is an address as lists have it: its parts from the last to the first.
func name(addr netip.Addr) string {
	if addr.Is4() {
		parts := strings.Split(addr.String(), ".")
		slices.Reverse(parts)
		return strings.Join(parts, ".")
	}
	const digits = "0123456789abcdef"
	b := addr.As16()
	parts := make([]string, 0, 32)
	for i := len(b) - 1; i >= 0; i-- {
		parts = append(parts, string(digits[b[i]&15]), string(digits[b[i]>>4]))
	}
	return strings.Join(parts, ".")
}
