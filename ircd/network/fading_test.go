package network

import (
	"testing"
	"time"
)

// TestFading: who comes and goes leaves nothing, however many they are, and whose time is
// not over is there.
func TestFading(t *testing.T) {
	var f fading[int, string]
	now := time.Unix(1_700_000_000, 0)
	f.put(-1, "stays", now.Add(time.Hour), now)
	const atOnce = 100
	for i := range 30_000 {
		now = now.Add(time.Second / atOnce)
		f.put(i, "goes", now.Add(time.Second), now)
		if len(f.all) > 2*(atOnce+1) {
			t.Fatalf("%d are kept of %d who went", len(f.all), i)
		}
		if i < atOnce {
			continue
		}
		if value, ok := f.get(i-atOnce/2, now); !ok || value != "goes" {
			t.Fatalf("%d is forgotten too early", i-atOnce/2)
		}
		if _, ok := f.get(i-atOnce, now); ok {
			t.Fatalf("%d is remembered after its time", i-atOnce)
		}
	}
	if value, _ := f.get(-1, now); value != "stays" {
		t.Error("one is forgotten before its time")
	}
	f.drop(-1)
	if _, ok := f.get(-1, now); ok {
		t.Error("one is there that was dropped")
	}
}

// TestFadingIsBounded: a flood does not use up the memory.
func TestFadingIsBounded(t *testing.T) {
	var f fading[int, struct{}]
	now := time.Unix(1_700_000_000, 0)
	for i := range 3 * fadingMost {
		f.put(i, struct{}{}, now.Add(time.Hour), now)
		if len(f.all) > fadingMost {
			t.Fatalf("%d are kept", len(f.all))
		}
	}
}
