//go:build linux

package main

import (
	"bytes"
	"fmt"
	"strings"
	"time"
)

// playSlowReader compares the delays of a channel without and with a member
// that stops reading, and waits until the server drops it. In another channel,
// where only it hears, a pump sends it a megabyte a second, so that the bound is
// reached soon.
func playSlowReader(b *bench) error {
	r, err := newRoom(b, b.size.crowd, 1, nil)
	if err != nil {
		return err
	}
	p := newPace(r, b.size.rate/b.size.crowd)
	if _, err := p.talk(b.size.span / 4); err != nil {
		return err
	}
	if _, err := p.talk(2 * b.size.span); err != nil {
		return err
	}
	m := metrics{}
	p.delays.into(m, "before_")
	s, err := newSluggard(r, p)
	if err != nil {
		return err
	}
	var before int64
	if b.srv.pid != 0 {
		if before, err = resident(b.srv.pid); err != nil {
			return err
		}
	}
	highest := b.peak()
	if err := s.ignore(10 * b.size.span); err != nil {
		return err
	}
	s.delays.into(m, "with_")
	s.late.into(m, "send_late_")
	m["dropped"] = 0
	if s.dropped > 0 {
		m["dropped"], m["dropped_after_s"] = 1, s.dropped.Seconds()
	}
	m["sent_to_it_mb"] = mb(s.sent)
	if b.srv.pid != 0 {
		m["rss_growth_mb"] = mb(highest() - before)
	}
	b.record(fmt.Sprintf("%d members", b.size.crowd), m)
	return nil
}

// A sluggard is the member that does not read, with what happens around it.
type sluggard struct {
	b            *bench
	pace         *pace
	slow, pump   *client
	room         string // where the pump talks to it
	sent         int64  // what the pump sent
	quits        int    // members of the paced room that heard it go
	dropped      time.Duration
	delays, late sample
}

// newSluggard lets it enter both channels and turn deaf.
func newSluggard(r *room, p *pace) (*sluggard, error) {
	s := &sluggard{b: r.b, pace: p, room: "#pump"}
	joins := 0
	for _, c := range r.members {
		c.take = func(c *client, data []byte) {
			j, q := bytes.Count(data, []byte(" JOIN ")), bytes.Count(data, []byte(" QUIT "))
			joins += j
			s.quits += q
			c.lines -= j + q
			p.count(c, data)
		}
	}
	s.slow = &client{nick: s.b.name(), take: talk, since: time.Now(), recvBuf: 4 << 10}
	s.pump = &client{nick: s.b.name(), take: talk, since: time.Now()}
	both := []*client{s.slow, s.pump}
	for _, c := range both {
		if err := s.b.loop.open(c, greet); err != nil {
			return nil, err
		}
	}
	if err := s.b.until(both, func(_ int, c *client) bool { return c.heard.end > 0 }); err != nil {
		return nil, err
	}
	s.slow.line("JOIN " + s.room + "," + r.name)
	s.pump.line("JOIN " + s.room)
	if err := s.b.until(both, func(_ int, c *client) bool { return c.heard.names > 0 }); err != nil {
		return nil, err
	}
	err := s.b.loop.run(patience, func() bool { return joins == len(r.members) })
	if err != nil {
		return nil, fmt.Errorf("the slow reader's JOIN: %w", err)
	}
	s.pump.take = discard
	s.slow.deaf()
	return s, nil
}

// ignore lets everyone talk until the sluggard is dropped, or for the time given.
func (s *sluggard) ignore(limit time.Duration) error {
	line := "PRIVMSG " + s.room + " :"
	line += strings.Repeat("x", 400-len(line)) + "\r\n"
	burst := []byte(strings.Repeat(line, 25))
	start := time.Now()
	next := start
	s.pace.during = func(now time.Time) {
		if s.dropped == 0 && s.quits == len(s.pace.r.members) {
			s.dropped = now.Sub(start)
		}
		for ; s.dropped == 0 && now.After(next); next = next.Add(10 * time.Millisecond) {
			s.sent += int64(len(burst))
			s.pump.send(burst)
		}
	}
	defer func() { s.pace.during = nil }()
	// The first second after the drop belongs to it: that is when it is told.
	for after := 0; after < 1 && time.Since(start) < limit; {
		if s.dropped > 0 {
			after++
		}
		if _, err := s.pace.talk(s.b.size.span / 2); err != nil {
			return err
		}
		s.delays, s.late = append(s.delays, s.pace.delays...), append(s.late, s.pace.late...)
	}
	return nil
}
