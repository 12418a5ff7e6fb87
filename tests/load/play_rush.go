//go:build linux

package main

import (
	"errors"
	"fmt"
	"time"
)

// playRush lets thousands join one channel at once, and then quit at once, while others,
// who are elsewhere, ask for a PONG two hundred times a second.
func playRush(b *bench) error {
	n := b.size.rush
	cs, err := b.gather(n, atOnce, nil)
	if err != nil {
		return err
	}
	joins := func(t *tally) int { return t.join }
	want := n * (n + 1) / 2
	if err := b.beside("join", func() error {
		for _, c := range cs {
			c.line("JOIN #rush")
		}
		if err := b.loop.run(patience, func() bool { return b.sum(cs, joins) >= want }); err != nil {
			return fmt.Errorf("%w: %d of %d joins heard", err, b.sum(cs, joins), want)
		}
		return nil
	}); err != nil {
		return err
	}
	if err := b.settle(cs); err != nil {
		return err
	}
	return b.beside("quit", func() error { return dismiss(b, cs) })
}

// beside records what f costs, and how long others wait for their answers meanwhile.
func (b *bench) beside(name string, f func() error) error {
	bird, err := newCanary(b.srv, name, 5*time.Millisecond)
	if err != nil {
		return err
	}
	u, ferr := b.measured(f)
	trips, err := bird.end()
	if err := errors.Join(ferr, err); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	m := metrics{"seconds": u.wall.Seconds(), "pongs": float64(len(trips))}
	trips.into(m, "pong_")
	u.into(m, 0, "")
	b.record(name, m)
	return nil
}
