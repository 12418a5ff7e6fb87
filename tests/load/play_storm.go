//go:build linux

package main

import (
	"fmt"
)

// playStorm has one channel that a thousand clients enter, in which all change
// nick, that all leave, enter again and quit from, each time all at once. A
// witness who does nothing hears it all too.
func playStorm(b *bench) error {
	n := b.size.storm
	cs, err := b.gather(n+1, 50, nil)
	if err != nil {
		return err
	}
	witness, crowd := cs[0], cs[1:]
	if err := b.join(cs[:1], func(int) string { return "#storm" }); err != nil {
		return err
	}
	// Who comes hears those who come later; who leaves, those who left before.
	half := n * (n + 1) / 2
	phases := []struct {
		name string
		line func(*client) string
		want int // lines the crowd hears in all
		of   func(*tally) int
	}{
		{"join", func(*client) string { return "JOIN #storm" }, half, func(t *tally) int { return t.join }},
		{"nick", func(c *client) string { return "NICK x" + c.nick }, n * n, func(t *tally) int { return t.nick }},
		{"part", func(*client) string { return "PART #storm" }, half, func(t *tally) int { return t.part }},
		{"", func(*client) string { return "JOIN #storm" }, half, func(t *tally) int { return t.join }},
	}
	for _, ph := range phases {
		u, err := b.measured(func() error {
			for _, c := range crowd {
				c.line(ph.line(c))
			}
			return b.loop.run(patience, func() bool {
				return ph.of(&witness.heard) >= n && b.sum(crowd, ph.of) >= ph.want
			})
		})
		if err != nil {
			return fmt.Errorf("%s: %w: the witness heard %d, the others %d of %d",
				ph.name, err, ph.of(&witness.heard), b.sum(crowd, ph.of), ph.want)
		}
		if got := b.sum(crowd, ph.of); got != ph.want {
			return fmt.Errorf("%s: the clients heard %d lines instead of %d", ph.name, got, ph.want)
		}
		if err := b.settle(cs); err != nil {
			return err
		}
		if ph.name != "" {
			b.record(ph.name, stormMetrics(u, ph.want))
		}
	}
	u, err := b.measured(func() error {
		if err := dismiss(b, crowd); err != nil {
			return err
		}
		return b.until(cs[:1], func(_ int, c *client) bool { return c.heard.quit >= n })
	})
	if err != nil {
		return fmt.Errorf("quit: %w: the witness heard %d of %d", err, witness.heard.quit, n)
	}
	b.record("quit", stormMetrics(u, half))
	return nil
}

func stormMetrics(u usage, lines int) metrics {
	m := metrics{"seconds": u.wall.Seconds()}
	u.into(m, lines, "delivery")
	if u.server > 0 {
		m["cpu_s"] = u.server.Seconds()
	}
	return m
}

func (b *bench) sum(cs []*client, of func(*tally) int) int {
	total := 0
	for _, c := range cs {
		total += of(&c.heard)
	}
	return total
}
