//go:build linux

package main

import (
	"bytes"
	"fmt"
	"time"
)

func playLatency(b *bench) error {
	r, err := newRoom(b, b.size.crowd, 1, nil)
	if err != nil {
		return err
	}
	p := newPace(r, b.size.rate/b.size.crowd)
	if _, err := p.talk(b.size.span / 4); err != nil { // to warm up
		return err
	}
	u, err := b.measured(func() error { _, err := p.talk(2 * b.size.span); return err })
	if err != nil {
		return err
	}
	m := metrics{}
	p.delays.into(m, "")
	p.late.into(m, "send_late_")
	u.into(m, len(p.delays), "delivery")
	b.record(fmt.Sprintf("%d members", b.size.crowd), m)
	return nil
}

// A pace is a room in which a message is sent at regular times, whether or not
// the last one has arrived, and the delay of each delivery is noted.
type pace struct {
	r      *room
	every  time.Duration
	sentAt []time.Time
	delays sample
	late   sample // how much later than due the generator itself was
	during func(time.Time)
}

func newPace(r *room, perSecond int) *pace {
	p := &pace{r: r, every: time.Second / time.Duration(perSecond)}
	for _, c := range r.members {
		c.take = p.count
	}
	return p
}

func (p *pace) count(c *client, data []byte) {
	at := time.Now()
	for range bytes.Count(data, newline) {
		if c.lines < len(p.sentAt) {
			p.delays = append(p.delays, at.Sub(p.sentAt[c.lines]))
		}
		c.lines++
	}
}

// talk goes on for the time given and until all have heard all. It forgets the
// delays of before.
func (p *pace) talk(span time.Duration) (heard int, err error) {
	l := p.r.b.loop
	p.delays, p.late = make(sample, 0, 1<<20), nil
	start := time.Now()
	due, end := start, start.Add(span)
	want := 0
	begin := len(p.sentAt)
	err = l.run(span+patience, func() bool {
		for due.Before(end) {
			now := time.Now()
			if p.during != nil {
				p.during(now)
			}
			if now.Before(due) {
				l.wake = due
				return false
			}
			p.late = append(p.late, now.Sub(due))
			p.sentAt = append(p.sentAt, now)
			p.r.sender.send(p.r.batch)
			due = due.Add(p.every)
		}
		l.wake = time.Time{}
		want = (len(p.sentAt) - begin) * len(p.r.members)
		return len(p.delays) >= want
	})
	return len(p.delays), err
}
