//go:build linux

package main

import (
	"fmt"
	"time"
)

// playTenThousand fills a server, lets a tenth of it rush into one channel, and
// empties it. A refused or dropped client, or a lost line, is an error; memory
// has to come back, for which Go's collector may take a while.
func playTenThousand(b *bench) error {
	n, rush := b.size.hold, b.size.hold/10
	m := metrics{}
	warm, err := b.gather(10, 10, nil)
	if err != nil {
		return err
	}
	watch := b.srv.pid != 0
	var base, full memory
	if watch {
		if base, err = b.calm(b.size.rest); err != nil {
			return err
		}
	}
	start := time.Now()
	cs, err := b.gather(n, 5*atOnce, nil)
	if err != nil {
		return err
	}
	m["registered_s"] = time.Since(start).Seconds()
	if err := b.join(cs, func(i int) string { return threeChannels(i, n) }); err != nil {
		return err
	}
	m["in_channels_s"] = time.Since(start).Seconds()
	if watch {
		if full, err = b.calm(b.size.rest); err != nil {
			return err
		}
		m["rss_full_mb"] = mb(full.rss)
		m["rss_kb_per_client"] = float64(full.rss-base.rss) / 1024 / float64(n)
	}
	highest := b.peak()
	start = time.Now()
	some := cs[:rush]
	for _, c := range some {
		c.line("JOIN #rush")
	}
	joins := func(t *tally) int { return t.join }
	if err := b.loop.run(patience, func() bool { return b.sum(some, joins) >= rush*(rush+1)/2 }); err != nil {
		return fmt.Errorf("rush: %w: %d of %d joins heard", err, b.sum(some, joins), rush*(rush+1)/2)
	}
	m["rush_s"] = time.Since(start).Seconds()
	start = time.Now()
	if err := dismiss(b, cs); err != nil {
		return fmt.Errorf("quit: %w", err)
	}
	m["quit_s"] = time.Since(start).Seconds()
	if err := b.settle(warm); err != nil {
		return fmt.Errorf("afterwards: %w", err)
	}
	if watch {
		m["rss_peak_mb"] = mb(highest())
		if err := memoryReturns(b, m, base, full); err != nil {
			return err
		}
	}
	b.record(fmt.Sprintf("%d clients", n), m)
	return nil
}

// memoryReturns waits until half of what the clients took is back. Go's runtime
// collects an idle program every two minutes, so it is given longer than that.
func memoryReturns(b *bench, m metrics, base, full memory) error {
	start := time.Now()
	goal := base.rss + (full.rss-base.rss)/2
	end, err := b.restUntil(10*b.size.rest, func(last []int64) bool { return last[len(last)-1] <= goal })
	if err != nil {
		return err
	}
	m["rss_empty_mb"] = mb(base.rss)
	m["rss_after_mb"] = mb(end.rss)
	m["memory_returned_s"] = time.Since(start).Seconds()
	m["memory_returned_share"] = 1 - float64(end.rss-base.rss)/float64(max(full.rss-base.rss, 1))
	return nil
}
