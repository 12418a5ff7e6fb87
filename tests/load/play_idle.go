//go:build linux

package main

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

var errNoProcess = errors.New("memory is measured only of servers whose process is known (pid=)")

// threeChannels are channels of about fifty, differently mixed.
func threeChannels(i, n int) string {
	groups := max(n/50, 1)
	return fmt.Sprintf("#a%d,#b%d,#c%d", i/50, i%groups, (i+i/50)%groups)
}

func playIdle(b *bench) error {
	if b.srv.pid == 0 {
		return errNoProcess
	}
	warm, err := b.gather(10, 10, nil)
	if err != nil {
		return err
	}
	if err := b.join(warm, func(int) string { return "#warm" }); err != nil {
		return err
	}
	base, err := b.calm(b.size.rest)
	if err != nil {
		return err
	}
	n := b.size.idle
	cs, err := b.gather(n, atOnce, nil)
	if err != nil {
		return err
	}
	if err := b.join(cs, func(i int) string { return threeChannels(i, n) }); err != nil {
		return err
	}
	full, err := b.calm(b.size.rest)
	if err != nil {
		return err
	}
	u, err := b.measured(func() error { _, err := b.restUntil(b.size.span, func([]int64) bool { return false }); return err })
	if err != nil {
		return err
	}
	m := idleMetrics(base, full, n)
	m["idle_cpu_percent"] = 100 * u.server.Seconds() / u.wall.Seconds()
	b.record(fmt.Sprintf("%d clients", n), m)
	return nil
}

func idleMetrics(base, full memory, n int) metrics {
	return metrics{
		"rss_kb_per_client": float64(full.rss-base.rss) / 1024 / float64(n),
		"pss_kb_per_client": float64(full.pss-base.pss) / 1024 / float64(n),
		"empty_rss_mb":      mb(base.rss),
		"rss_mb":            mb(full.rss),
	}
}

func playIdleTLS(b *bench) error {
	if !b.srv.tls.IsValid() {
		return nil
	}
	return idleStreams(b, func() (*stream, error) { return dialTLS(b.srv.tls.String()) })
}

func playIdleWebSocket(b *bench) error {
	if !b.srv.ws.IsValid() {
		return nil
	}
	return idleStreams(b, func() (*stream, error) { return dialWebSocket(b.srv.ws.String()) })
}

func idleStreams(b *bench, dial func() (*stream, error)) error {
	if b.srv.pid == 0 {
		return errNoProcess
	}
	n := b.size.idle / 2
	var drains sync.WaitGroup
	defer drains.Wait()
	var all []*stream
	defer func() {
		for _, s := range all {
			s.close()
		}
	}()
	sit := func(n int, channels func(i int) string) error {
		some := make([]*stream, n)
		err := inParallel(n, 25, func(i int) (err error) {
			if some[i], err = dial(); err != nil {
				return err
			}
			_, err = some[i].register(fmt.Sprintf("i%d-%d", n, i))
			return err
		})
		for _, s := range some {
			if s != nil {
				all = append(all, s)
			}
		}
		if err != nil {
			return err
		}
		// Each reads from now on, or those who joined first would be behind.
		return inParallel(n, 25, func(i int) error {
			if err := some[i].join(channels(i)); err != nil {
				return err
			}
			drains.Go(some[i].drain)
			return nil
		})
	}
	if err := sit(10, func(int) string { return "#warm" }); err != nil {
		return err
	}
	base, err := b.calm(b.size.rest)
	if err != nil {
		return err
	}
	if err := sit(n, func(i int) string { return threeChannels(i, n) }); err != nil {
		return err
	}
	full, err := b.calm(b.size.rest)
	if err != nil {
		return err
	}
	b.record(fmt.Sprintf("%d clients", n), idleMetrics(base, full, n))
	return nil
}

// inParallel does f for 0…n-1, some at a time. The first error ends it.
func inParallel(n, workers int, f func(i int) error) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	first := make(chan error, workers)
	for range workers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && len(first) == 0; i = int(next.Add(1)) - 1 {
				if err := f(i); err != nil {
					first <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(first)
	return <-first
}
