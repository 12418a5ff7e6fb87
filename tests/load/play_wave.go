//go:build linux

package main

import (
	"bytes"
	"fmt"
	"strings"
	"time"
)

// waveAge is how old a channel is when it is protected from newcomers.
const waveAge = 65 * time.Second

// playWave lets spammers loose on a channel in which people are: they join, flood, write
// to everybody, change their nicks, invite and paint in colours. Others' PING is answered
// meanwhile, and what the people read of it is counted.
func playWave(b *bench) error {
	people, err := b.gather(b.size.crowd, 20, nil)
	if err != nil {
		return err
	}
	if err := b.join(people, func(int) string { return "#tea" }); err != nil {
		return err
	}
	gone := 0
	w := &wave{b: b, noise: make([]int, len(people))}
	for i, p := range people {
		p.take = func(c *client, data []byte) { c.eachLine(data, func(line []byte) { w.hear(c, i, line) }) }
		p.left = func(*client) { gone++ }
	}
	begun := time.Now()
	if err := b.loop.run(waveAge+patience, func() bool {
		b.loop.wake = time.Now().Add(100 * time.Millisecond)
		return time.Since(begun) > waveAge
	}); err != nil {
		return err
	}
	bird, err := newCanary(b.srv, "canary", chirp)
	if err != nil {
		return err
	}
	var failed error
	u, merr := b.measured(func() error { failed = w.roll(people); return failed })
	trips, berr := bird.end()
	for _, err := range []error{failed, merr, berr} {
		if err != nil {
			return err
		}
	}
	most := 0
	for _, n := range w.noise {
		most = max(most, n)
	}
	m := metrics{"noise_max": float64(most), "people_disconnected": float64(gone), "sent_mb": mb(w.sent)}
	trips.into(m, "pong_")
	if b.srv.pid != 0 {
		m["server_cpu_max_ms"] = ms(bird.spent)
	}
	u.into(m, 0, "")
	b.record(fmt.Sprintf("%d spammers", b.size.wave), m)
	return nil
}

// A wave is spammers, and what people read of them.
type wave struct {
	b     *bench
	noise []int
	sent  int64
}

// hear counts the messages of spammers, whose nicks begin with z.
func (w *wave) hear(c *client, i int, line []byte) {
	if bytes.HasPrefix(line, []byte(":z")) && (bytes.Contains(line, []byte(" PRIVMSG ")) || bytes.Contains(line, []byte(" NOTICE ")) || bytes.Contains(line, []byte(" INVITE "))) {
		w.noise[i]++
	}
	c.hear(line)
}

// roll opens all connections of the wave at once, and lets each say what it has to say
// again and again.
func (w *wave) roll(people []*client) error {
	var bots []*client
	for i := range w.b.size.wave {
		bot := &client{nick: fmt.Sprintf("z%04d", i), take: talk, left: func(*client) {}}
		if err := w.b.loop.open(bot, greet); err != nil {
			return err
		}
		bots = append(bots, bot)
	}
	begun, rounds := time.Now(), make([]int, len(bots))
	l := w.b.loop
	defer func() { l.wake = time.Time{} }()
	return l.run(15*w.b.size.span+patience, func() bool {
		l.wake = time.Now().Add(10 * time.Millisecond)
		for i, bot := range bots { // each once a second, and not all at the same moment
			due := time.Duration(rounds[i])*time.Second + time.Duration(i)*time.Second/time.Duration(len(bots))
			if time.Since(begun) > due && bot.fd >= 0 && len(bot.pending) == 0 {
				rounds[i]++
				text := spam(i, rounds[i], people)
				w.sent += int64(len(text))
				bot.send(text)
			}
		}
		return time.Since(begun) > 15*w.b.size.span
	})
}

// spam is what a spammer sends in a round.
func spam(i, round int, people []*client) []byte {
	var b strings.Builder
	b.WriteString("JOIN #tea\r\n")
	for n := range 5 {
		fmt.Fprintf(&b, "PRIVMSG #tea :\x03%d,%dvisit evil.example %d %s\r\n", n, round%16, i, strings.Repeat("\u2588", 40))
	}
	for n := range 10 {
		who := people[(i*7+round*13+n)%len(people)].nick
		fmt.Fprintf(&b, "PRIVMSG %s :%s, visit evil.example %d\r\nINVITE %s #zoo\r\n", who, who, round, who)
	}
	fmt.Fprintf(&b, "NICK z%04dx%d\r\nNICK z%04d\r\nJOIN #zoo\r\nPART #tea :evil.example\r\n", i, round, i)
	return []byte(b.String())
}
