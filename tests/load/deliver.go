//go:build linux

package main

import (
	"bytes"
	"fmt"
	"strings"
)

// A room is one channel in which one client speaks and the others count lines.
// They count in laps of some lines, so that it is known when each of them, not
// only their sum, has everything.
type room struct {
	b       *bench
	name    string
	sender  *client
	members []*client
	lap     int    // lines in a lap
	batch   []byte // a lap's lines
	sent    int    // laps
	done    int    // laps that every member has
	passed  [8]int // members that have the lap, by its number modulo 8
}

// A line as it is sent has this many bytes, with its end.
const lineSize = 120

func speech(channel string) string {
	s := "PRIVMSG " + channel + " :"
	return s + strings.Repeat("x", lineSize-len(s)-2) + "\r\n"
}

// newRoom gathers a sender and n members in a new channel.
func newRoom(b *bench, n, lap int, caps []string) (*room, error) {
	cs, err := b.gather(n+1, 50, caps)
	if err != nil {
		return nil, fmt.Errorf("register: %w", err)
	}
	r := &room{b: b, name: "#room" + cs[0].nick, sender: cs[0], members: cs[1:], lap: lap}
	if err := b.join(cs, func(int) string { return r.name }); err != nil {
		return nil, err
	}
	r.batch = []byte(strings.Repeat(speech(r.name), lap))
	r.sender.take = discard
	for _, c := range r.members {
		c.next = lap
		c.take = r.count
	}
	return r, nil
}

func discard(*client, []byte) {}

func (r *room) count(c *client, data []byte) {
	c.lines += bytes.Count(data, newline)
	for c.lines >= c.next {
		c.next += r.lap
		r.passed[c.lap%len(r.passed)]++
		c.lap++
		for at := r.done % len(r.passed); r.passed[at] == len(r.members); at = r.done % len(r.passed) {
			r.passed[at] = 0
			r.done++
		}
	}
}

var newline = []byte{'\n'}

// speak sends laps, with at most ahead of them not heard by all, while more
// says so, and returns when everyone has heard everything.
func (r *room) speak(ahead int, more func() bool) error {
	going := true
	return r.b.loop.run(patience, func() bool {
		going = going && more()
		for going && r.sent-r.done < ahead {
			r.sent++
			r.sender.send(r.batch)
		}
		return !going && r.done == r.sent
	})
}

// check fails if a member was told anything but what was said.
func (r *room) check() error {
	want := r.sent * r.lap
	for _, c := range r.members {
		if c.lines != want {
			return fmt.Errorf("client %s heard %d lines instead of %d", c.nick, c.lines, want)
		}
		c.take = talk
	}
	r.sender.take = talk
	if err := r.b.settle(r.members); err != nil {
		return err
	}
	for _, c := range r.members {
		if c.heard.speech > 0 {
			return fmt.Errorf("client %s heard messages twice", c.nick)
		}
	}
	return nil
}

func (r *room) heard() int { return r.sent * r.lap * len(r.members) }
