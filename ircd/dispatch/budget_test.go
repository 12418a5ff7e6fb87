package dispatch

import (
	"testing"
	"time"

	"github.com/parley-irc/parley/config"
)

// TestBudget: a burst passes at once; what comes faster than the budget fills waits,
// and no longer than it takes to fill.
func TestBudget(t *testing.T) {
	c := config.Flood{Enabled: true, Burst: 10, PerSecond: 5}
	now := time.Unix(1000, 0)
	b := budget{left: 10, at: now}
	for i := range 10 {
		if d := b.take(1, c, now); d != 0 {
			t.Fatalf("command %d of a burst waits %v", i, d)
		}
	}
	if d := b.take(1, c, now); d != 200*time.Millisecond {
		t.Errorf("the next one waits %v", d)
	}
	now = now.Add(200 * time.Millisecond)
	if d := b.take(5, c, now); d != time.Second {
		t.Errorf("one that costs 5 waits %v", d)
	}
	now = now.Add(time.Hour)
	if d := b.take(10, c, now); d != 0 || b.left != 0 {
		t.Errorf("after an hour a burst waits %v, %v is left", d, b.left)
	}
}
