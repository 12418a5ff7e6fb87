//go:build linux

package main

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"time"
)

// calm waits, while the clients go on answering, until the server's memory has
// not changed for ten seconds, but not longer than limit. It returns the last reading.
// A server needs some of that to see that its clients are idle, and that now is the time
// to give back what it needs no more.
func (b *bench) calm(limit time.Duration) (memory, error) {
	return b.restUntil(limit, func(last []int64) bool {
		const still = 40
		if len(last) < still {
			return false
		}
		low, high := int64(math.MaxInt64), int64(0)
		for _, v := range last[len(last)-still:] {
			low, high = min(low, v), max(high, v)
		}
		return float64(high-low) < 0.002*float64(high)
	})
}

// restUntil reads the server's memory four times a second until enough accepts
// the readings or limit is over.
func (b *bench) restUntil(limit time.Duration, enough func([]int64) bool) (memory, error) {
	const every = 250 * time.Millisecond
	var seen []int64
	var now memory
	var failed error
	end := time.Now().Add(limit)
	next := time.Now()
	err := b.loop.run(limit+patience, func() bool {
		if time.Now().Before(next) {
			return false
		}
		next = next.Add(every)
		b.loop.wake = next
		if now, failed = processMemory(b.srv.pid); failed != nil {
			return true
		}
		seen = append(seen, now.rss)
		return enough(seen) || time.Now().After(end)
	})
	b.loop.wake = time.Time{}
	if failed != nil {
		return now, failed
	}
	return now, err
}

// peak watches the server's memory from a goroutine until its result is called.
func (b *bench) peak() func() (bytes int64) {
	stop, done := make(chan struct{}), make(chan struct{})
	var most int64
	go func() {
		defer close(done)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			if n, err := resident(b.srv.pid); err == nil {
				most = max(most, n)
			}
			select {
			case <-tick.C:
			case <-stop:
				return
			}
		}
	}()
	return func() int64 { close(stop); <-done; return most }
}

// resident reads /proc/PID/statm, which disturbs the process less than the exact figures.
func resident(pid int) (int64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0, err
	}
	f := strings.Fields(string(b))
	if len(f) < 2 {
		return 0, fmt.Errorf("/proc/%d/statm is short", pid)
	}
	n, err := strconv.ParseInt(f[1], 10, 64)
	return n * int64(os.Getpagesize()), err
}

func mb(n int64) float64 { return float64(n) / (1 << 20) }
