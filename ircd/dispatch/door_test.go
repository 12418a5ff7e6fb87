package dispatch

import (
	"testing"
	"time"
)

// TestWave: so many refused clients a second are told why, and no more.
func TestWave(t *testing.T) {
	var w wave
	now := time.Unix(1000, 0)
	for i := range 3 * mostTold {
		if got := w.rises(now.Add(time.Duration(i) * time.Millisecond)); got != (i >= mostTold) {
			t.Fatalf("client %d: a wave %v", i, got)
		}
	}
	if w.rises(now.Add(time.Second)) {
		t.Error("it is a wave in the next second, too")
	}
}
