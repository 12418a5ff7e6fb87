//go:build linux

package main

import (
	"bytes"
	"fmt"
	"strings"
	"time"
)

func playFanout(b *bench) error { return playRooms(b, 1, 1, nil, "") }

// Two laps of 256 lines under way are 60 KB: never so much that a server must
// drop a member, always enough that it has something to do.
func playPipelined(b *bench) error {
	if err := playRooms(b, 256, 2, nil, ""); err != nil {
		return err
	}
	return playRooms(b, 256, 2, tagged, " tagged")
}

var tagged = []string{"message-tags", "server-time"}

func playRooms(b *bench, lap, ahead int, caps []string, suffix string) error {
	for _, n := range b.size.members {
		r, err := newRoom(b, n, lap, caps)
		if err != nil {
			return err
		}
		if caps != nil && agree(r.members, caps[0]) != nil {
			b.loop.sweep()
			return nil // it has no tags to measure
		}
		warm := time.Now().Add(b.size.span / 8)
		if err := r.speak(ahead, func() bool { return time.Now().Before(warm) }); err != nil {
			return err
		}
		from, end := r.heard(), time.Now().Add(b.size.span)
		u, err := b.measured(func() error { return r.speak(ahead, func() bool { return time.Now().Before(end) }) })
		if err != nil {
			return err
		}
		heard := r.heard() - from
		if err := r.check(); err != nil {
			return err
		}
		m := metrics{"deliveries_per_s": float64(heard) / u.wall.Seconds()}
		u.into(m, heard, "delivery")
		b.record(fmt.Sprintf("%d members%s", n, suffix), m)
		b.loop.sweep()
	}
	return nil
}

// playMesh lets everyone speak at once: ten to a channel, each with two laps of
// 64 lines under way, the next when nine laps from the others have arrived.
func playMesh(b *bench) error {
	for _, caps := range [][]string{nil, tagged} {
		if err := meshOnce(b, caps); err != nil {
			return err
		}
		b.loop.sweep()
	}
	return nil
}

func meshOnce(b *bench, caps []string) error {
	const many, lap, ahead = 10, 64, 2
	cs, err := b.gather(b.size.mesh/many*many, 50, caps)
	if err != nil {
		return err
	}
	name := "plain"
	if caps != nil {
		if agree(cs, caps[0]) != nil {
			return nil
		}
		name = "tagged"
	}
	channel := func(i int) string { return fmt.Sprintf("#mesh%d", i/many) }
	if err := b.join(cs, channel); err != nil {
		return err
	}
	going, sent, heard := true, 0, 0
	for i, c := range cs {
		batch := []byte(strings.Repeat(speech(channel(i)), lap))
		c.next = lap * (many - 1)
		c.take = func(c *client, data []byte) {
			n := bytes.Count(data, newline)
			c.lines += n
			heard += n
			for c.lines >= c.next {
				c.next += lap * (many - 1)
				if going {
					sent += lap
					c.send(batch)
				}
			}
		}
		for range ahead {
			sent += lap
			c.send(batch)
		}
	}
	warm := time.Now().Add(b.size.span / 8)
	b.loop.wake = warm
	if err := b.loop.run(patience, func() bool { return time.Now().After(warm) }); err != nil {
		return err
	}
	from, end := heard, time.Now().Add(b.size.span)
	b.loop.wake = end
	u, err := b.measured(func() error {
		return b.loop.run(patience, func() bool { return time.Now().After(end) })
	})
	if err != nil {
		return err
	}
	count := heard - from
	going, b.loop.wake = false, time.Time{}
	if err := b.loop.run(patience, func() bool { return heard == sent*(many-1) }); err != nil {
		return fmt.Errorf("%w: %d of %d lines heard", err, heard, sent*(many-1))
	}
	m := metrics{"deliveries_per_s": float64(count) / u.wall.Seconds()}
	u.into(m, count, "delivery")
	b.record(name, m)
	return nil
}
