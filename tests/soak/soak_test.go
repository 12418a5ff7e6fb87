// Package soak lets people come and go at a real server for as long as one likes, and tests
// that nothing piles up: make soak DURATION=1h.
//
// Clients connect by plain sockets, TLS and WebSocket; some log in; they join, talk, change
// their nicks, part, and quit, or vanish in one of several ways. Meanwhile the server's
// memory, goroutines and descriptors are read from /metrics.
package soak

import (
	"context"
	"flag"
	"testing"
	"time"
)

var (
	duration = flag.Duration("duration", 4*time.Second, "how long people come and go")
	clients  = flag.Int("clients", 60, "how many of them are there at once")
	sampling = flag.Duration("sampling", time.Minute, "how often the server is looked at")
	profiles = flag.String("profiles", "", "the folder for heap profiles after the warm-up and at the end")
)

// settling is how long a server may need to notice that all have left. Those who have
// vanished in silence are missed after ping-timeout.
const settling = 30 * time.Second

// TestSoak fails if the server grows while people come and go (see judge), or if it has more
// goroutines or descriptors when all have left than before the first came.
func TestSoak(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a while")
	}
	s := start(t)
	c := newChurn(t, s)
	before := s.look(t, 0)
	ctx, cancel := context.WithTimeout(t.Context(), *duration)
	defer cancel()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		c.run(ctx, *clients)
	}()
	series, warm := []sample{before}, false
	tick := time.NewTicker(min(*sampling, *duration/4))
	defer tick.Stop()
	begun := time.Now()
	for ctx.Err() == nil {
		select {
		case <-tick.C:
			series = append(series, s.look(t, time.Since(begun)))
			if !warm && time.Since(begun) > *duration/warmUp {
				warm = true
				s.profile(t, "warm")
			}
		case <-ctx.Done():
		}
	}
	s.profile(t, "end")
	<-gone
	after := s.settle(t, before, begun)
	series = append(series, after)
	s.profile(t, "gone")
	t.Logf("%v, %d at once, of whom the first line knows none, and the last none again:\n%s%s", *duration, *clients, table(series), c)
	c.check(t)
	if n := after.goroutines - before.goroutines; n > spare {
		t.Errorf("%d goroutines are left when all clients are gone:\n%s", n, s.fetch(t, "/debug/pprof/goroutine?debug=1"))
	}
	if n := after.descriptors - before.descriptors; n > spare {
		t.Errorf("%d descriptors are left when all clients are gone", n)
	}
	for _, fault := range judge(series[1 : len(series)-1]) {
		t.Error(fault)
	}
	s.stop(t)
}

// spare is what a server may have more of for a moment, such as the file of a compaction.
const spare = 2
