//go:build linux

package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// playFlood opens all connections at once, each with something hostile to say,
// opens another for each that the server closes, and has registered clients
// send hostile commands as fast as they can; meanwhile a canary pings.
func playFlood(b *bench) error {
	bird, err := newCanary(b.srv, "canary", chirp)
	if err != nil {
		return err
	}
	var ferr error
	var f *flood
	highest := b.peak()
	u, merr := b.measured(func() error {
		f, ferr = startFlood(b)
		if ferr == nil {
			ferr = f.rage(4 * b.size.span)
		}
		return nil
	})
	trips, berr := bird.end()
	if err := errors.Join(ferr, merr, berr); err != nil {
		return err
	}
	if !b.srv.alive() {
		return errors.New("the server died")
	}
	m := metrics{"connections": float64(f.opened), "closed_by_server": float64(f.closed), "sent_mb": mb(f.sent)}
	trips.into(m, "pong_")
	over := 0
	for _, t := range trips {
		if t > 100*time.Millisecond {
			over++
		}
	}
	m["pongs"], m["pongs_over_100ms"] = float64(len(trips)), float64(over)
	if b.srv.pid != 0 {
		m["rss_peak_mb"] = mb(highest())
		// Less than pong_max_ms: the machine was busy with something else.
		m["server_cpu_max_ms"] = ms(bird.spent)
	}
	u.into(m, 0, "")
	b.record(fmt.Sprintf("%d connections", b.size.flood), m)
	return nil
}

// A flood is a crowd of hostile clients.
type flood struct {
	b              *bench
	rand           *rand.Rand
	before, after  [][]byte
	angry          []*client // registered ones
	opened, closed int
	sent           int64
}

// startFlood opens everything. The same seed every time: a flood that did harm
// can be repeated.
func startFlood(b *bench) (*flood, error) {
	f := &flood{b: b, rand: rand.New(rand.NewPCG(1, 2))}
	f.before, f.after = hostile(f.rand)
	angry, err := b.gather(min(100, b.size.flood/10), 10, nil)
	if err != nil {
		return nil, err
	}
	f.angry = angry
	for _, c := range angry {
		c.take, c.left = discard, f.left
		c.line("JOIN #flood")
	}
	for range b.size.flood {
		if err := f.open(); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f *flood) open() error {
	f.opened++
	return f.b.loop.open(&client{nick: f.b.name(), take: discard, left: f.left}, func(c *client) {
		f.say(c, f.before[f.rand.IntN(len(f.before))])
	})
}

func (f *flood) say(c *client, data []byte) {
	f.sent += int64(len(data))
	c.send(data)
}

func (f *flood) left(*client) { f.closed++ }

// rage goes on for a time: it replaces connections that were closed, up to as
// many again as there were at first, and sends whenever a socket takes more.
func (f *flood) rage(span time.Duration) error {
	l := f.b.loop
	end := time.Now().Add(span)
	var failed error
	replaced := 0
	err := l.run(span+patience, func() bool {
		l.wake = time.Now().Add(time.Millisecond)
		for ; replaced < min(f.closed, f.b.size.flood); replaced++ {
			if failed = f.open(); failed != nil {
				return true
			}
		}
		for _, c := range f.angry {
			if c.fd >= 0 && len(c.pending) == 0 {
				f.say(c, f.after[f.rand.IntN(len(f.after))])
			}
		}
		return time.Now().After(end)
	})
	l.wake = time.Time{}
	return errors.Join(failed, err)
}
