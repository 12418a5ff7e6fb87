package network

import (
	"testing"
	"time"
)

func TestPace(t *testing.T) {
	var p pace
	now := time.Unix(1_700_000_000, 0)
	wait := func(key string) time.Duration { return p.wait(key, 3, time.Second, now) }
	for range 3 {
		if d := wait("a"); d != 0 {
			t.Fatalf("within the burst: wait %v", d)
		}
	}
	if d := wait("a"); d != time.Second {
		t.Errorf("after the burst: wait %v", d)
	}
	if d := wait("b"); d != 0 {
		t.Errorf("somebody else: wait %v", d)
	}
	now = now.Add(time.Second)
	if d := wait("a"); d != 0 {
		t.Errorf("after waiting as told: wait %v", d)
	}
	if d := wait("a"); d != time.Second {
		t.Errorf("and again: wait %v", d)
	}
	now = now.Add(time.Hour)
	for range 3 {
		if d := wait("a"); d != 0 {
			t.Errorf("after a rest: wait %v", d)
		}
	}
	if d := wait("a"); d == 0 {
		t.Error("a rest gives more than the burst")
	}
}
