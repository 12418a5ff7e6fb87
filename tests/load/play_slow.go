//go:build linux

package main

import (
	"bytes"
	"fmt"
	"strings"
	"time"
)

// sluggards is how many members stop reading, one after the other.
const sluggards = 6

// playSlowReader compares the delays of a channel with a member that reads all, and with
// the same when it has stopped reading and until the server drops it, in turns. In another
// channel, where only it hears, a pump sends it a megabyte a second, so that the bound is
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
	var before int64
	if b.srv.pid != 0 {
		if before, err = resident(b.srv.pid); err != nil {
			return err
		}
	}
	highest := b.peak()
	var reading, deaf turnSamples
	var dropped, sent, late sample
	for range sluggards {
		s, err := newSluggard(r, p)
		if err != nil {
			return err
		}
		if err := s.talk(2*b.size.span, &reading); err != nil {
			return err
		}
		s.turnDeaf()
		if err := s.talk(10*b.size.span, &deaf); err != nil {
			return err
		}
		if s.dropped > 0 {
			dropped = append(dropped, s.dropped)
		}
		sent, late = append(sent, time.Duration(s.sent)), append(late, s.late...)
		s.leave()
	}
	m := metrics{"dropped": float64(len(dropped)), "sent_to_it_mb": mb(int64(sent.quantile(0.5)))}
	reading.into(m, "before_")
	deaf.into(m, "with_")
	late.into(m, "send_late_")
	if len(dropped) > 0 {
		m["dropped_after_s"] = dropped.quantile(0.5).Seconds()
	}
	if b.srv.pid != 0 {
		m["rss_growth_mb"] = mb(highest() - before)
	}
	b.record(fmt.Sprintf("%d members", b.size.crowd), m)
	return nil
}

// A sluggard is the member that does not read, with what happens around it.
type sluggard struct {
	b          *bench
	pace       *pace
	slow, pump *client
	room       string // where the pump talks to it
	sent       int64  // what the pump sent
	quits      int    // members of the paced room that heard it go
	deaf       time.Time
	dropped    time.Duration // after it turned deaf
	late       sample
}

// newSluggard lets it enter both channels.
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
	s.pump.take, s.slow.take = discard, discard
	return s, nil
}

func (s *sluggard) turnDeaf() {
	s.sent, s.deaf = 0, time.Now()
	s.slow.deaf()
}

// talk lets everyone talk until it is dropped, or for the time given, and adds the delays.
func (s *sluggard) talk(limit time.Duration, to *turnSamples) error {
	line := "PRIVMSG " + s.room + " :"
	line += strings.Repeat("x", 400-len(line)) + "\r\n"
	burst := []byte(strings.Repeat(line, 25))
	start := time.Now()
	next := start
	s.pace.during = func(now time.Time) {
		if s.dropped == 0 && s.quits == len(s.pace.r.members) {
			s.dropped = now.Sub(s.deaf)
		}
		for ; s.dropped == 0 && now.After(next); next = next.Add(10 * time.Millisecond) {
			s.sent += int64(len(burst))
			s.pump.send(burst)
		}
	}
	defer func() { s.pace.during = nil }()
	// The half second after the drop belongs to it: that is when the others are told.
	for more := 1; more >= 0 && time.Since(start) < limit; {
		if s.dropped > 0 {
			more--
		}
		if _, err := s.pace.talk(s.b.size.span / 4); err != nil {
			return err
		}
		*to = append(*to, s.pace.delays)
		s.late = append(s.late, s.pace.late...)
	}
	return nil
}

// leave makes room for the next one.
func (s *sluggard) leave() {
	s.pump.left = func(*client) {}
	s.pump.line("QUIT")
}
