//go:build linux

package main

import (
	"fmt"
	"time"
)

// A hundred register at a time, in all cases.
const atOnce = 100

func playConnect(b *bench) error {
	cases := []struct {
		name string
		caps []string
	}{{"plain", nil}, {"with CAP", usual}}
	for _, k := range cases {
		if err := connectPlain(b, k.name, k.caps); err != nil {
			return fmt.Errorf("%s: %w", k.name, err)
		}
	}
	if !b.srv.tls.IsValid() {
		return nil
	}
	if err := connectTLS(b); err != nil {
		return fmt.Errorf("TLS: %w", err)
	}
	return nil
}

func connectPlain(b *bench, name string, caps []string) error {
	if warm, err := b.gather(atOnce, atOnce, caps); err != nil {
		return err
	} else if err := dismiss(b, warm); err != nil {
		return err
	}
	var cs []*client
	u, err := b.measured(func() (err error) {
		cs, err = b.gather(b.size.register, atOnce, caps)
		return err
	})
	if err != nil {
		return err
	}
	var waits sample
	for _, c := range cs {
		waits = append(waits, c.welcome)
	}
	m := metrics{"per_s": float64(len(cs)) / u.wall.Seconds()}
	waits.into(m, "001_")
	u.into(m, len(cs), "registration")
	b.record(name, m)
	return dismiss(b, cs)
}

// dismiss lets clients quit and waits until the server has closed them all.
func dismiss(b *bench, cs []*client) error {
	left := 0
	for _, c := range cs {
		c.left = func(*client) { left++ }
		c.line("QUIT :done")
	}
	return b.loop.run(patience, func() bool { return left == len(cs) })
}

func connectTLS(b *bench) error {
	n := b.size.register
	waits := make(sample, n)
	streams := make([]*stream, n)
	defer func() {
		for _, s := range streams {
			if s != nil {
				s.close()
			}
		}
	}()
	u, err := b.measured(func() error {
		return inParallel(n, atOnce, func(i int) error {
			s, err := dialTLS(b.srv.tls.String())
			if err != nil {
				return err
			}
			streams[i] = s
			waits[i], err = s.register(fmt.Sprintf("t%05d", i))
			return err
		})
	})
	if err != nil {
		return err
	}
	m := metrics{"per_s": float64(n) / u.wall.Seconds()}
	waits.into(m, "001_")
	u.into(m, n, "registration")
	b.record("TLS", m)
	return nil
}

// streamPatience bounds what a stream waits for.
const streamPatience = 30 * time.Second
