package network

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestMoving: who waits until nothing is moved waits for all of it, and learns that more was.
func TestMoving(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m shifting
		before, err := m.still(t.Context())
		if err != nil || before != 0 {
			t.Fatal(before, err)
		}
		one, two := m.begin(), m.begin()
		if now, none := m.state(); now == before || none == nil {
			t.Error("it is not noticed that something is moved")
		}
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := m.still(short); err == nil {
			t.Error("it does not wait")
		}
		begun := time.Now()
		go func() {
			time.Sleep(time.Second)
			one()
			time.Sleep(time.Second)
			two()
		}()
		if after, err := m.still(t.Context()); err != nil || after != 2 || time.Since(begun) != 2*time.Second {
			t.Error(after, err, time.Since(begun))
		}
	})
}
