package bunt

import (
	"context"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// TestEchoLatency tests that who waits for the disk does not wait longer because the file is
// written anew, all the time: by the median, which the machine's other work does not move as
// much as it moves the slowest.
func TestEchoLatency(t *testing.T) {
	const most = 5 * time.Millisecond
	l := open(t, filepath.Join(t.TempDir(), "db"), Options{})
	tk := newTalker()
	for i := range 50_000 {
		l.Append(name(i%200), tk.message(i%200))
	}
	if err := l.Wait(t.Context(), l.Append(name(1), tk.message(1))); err != nil {
		t.Fatal(err)
	}
	var medians [2][]time.Duration
	for turn := range 8 { // in turn, because the machine is not the same all the time
		ctx, cancel := context.WithCancel(t.Context())
		var compacting sync.WaitGroup
		if turn%2 == 1 {
			compacting.Go(func() {
				for l.Compact(ctx) == nil {
				}
			})
		}
		var took []time.Duration
		for range 100 {
			begun := time.Now()
			if err := l.Wait(t.Context(), l.Append(name(1), tk.message(1))); err != nil {
				t.Fatal(err)
			}
			took = append(took, time.Since(begun))
		}
		cancel()
		compacting.Wait()
		slices.Sort(took)
		medians[turn%2] = append(medians[turn%2], took[len(took)/2])
		t.Logf("compacting %v: p50 %v, p99 %v", turn%2 == 1, took[50], took[99])
	}
	idle, busy := slices.Min(medians[0]), slices.Min(medians[1])
	if busy > idle+most {
		t.Errorf("the median is %v, and %v while the file is written anew", idle, busy)
	}
}
