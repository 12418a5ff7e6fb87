package historytest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/history"
)

func testCount(t *testing.T, w *world) {
	w.restart(history.Options{BlockSize: 10, Limits: history.Limits{Count: 25}})
	w.log.SetPolicy("#small", history.Policy{Limits: history.Limits{Count: 3}})
	for _, buffer := range []string{"#c", "#small"} {
		want := map[string]int{"#c": 25, "#small": 3}[buffer]
		list := w.fill(buffer, 70)
		w.same(buffer, w.all(buffer), list[70-want:])
		if _, err := w.log.Get(buffer, list[70-want-1].ID()); err == nil {
			t.Error("what is beyond the bound can be read by its msgid")
		}
	}
	w.log.SetPolicy("#small", history.Policy{})
	list := append(w.all("#small"), w.fill("#small", 30)...)
	w.same("a policy that ends", w.all("#small"), list[len(list)-25:])
	w.eventually("removal", func() bool { return w.log.Stats().Events <= 2*(25+10) })

	// Other limits count at once, also for what is there.
	w.log.SetPolicy("#small", history.Policy{Limits: history.Limits{Count: 7}})
	w.log.SetLimits(history.Limits{Count: 10}, 0)
	w.fill("#c", 5)
	if got := w.all("#c"); len(got) != 10 || len(w.all("#small")) != 7 {
		t.Errorf("%d and %d events are left", len(got), len(w.all("#small")))
	}
	w.log.SetLimits(history.Limits{}, 1)
	w.eventually("removal of all", func() bool { return w.log.Stats().Events == 0 })
}

func testAge(t *testing.T, w *world) {
	w.restart(history.Options{BlockSize: 10, Limits: history.Limits{Age: time.Hour}})
	old := w.fill("#c", 35)
	w.pass(30 * time.Minute)
	list := w.fill("#c", 5)
	w.pass(30 * time.Minute)
	w.same("after an hour", w.all("#c"), list)
	if _, err := w.log.Get("#c", old[34].ID()); err == nil {
		t.Error("what has expired can be read by its msgid")
	}
	w.same("before", w.query("#c", history.Before(at(list[2]), 10)), list[:2])
	w.log.SetPolicy("#c", history.Policy{}) // as good as a minute
	w.eventually("removal", func() bool { return w.log.Stats().Events <= 15 })
	w.pass(20 * time.Minute) // a sixteenth
	w.log.SetPolicy("#c", history.Policy{})
	w.eventually("removal", func() bool { return w.log.Stats().Events == 5 })
	w.pass(time.Hour)
	w.log.SetPolicy("#c", history.Policy{})
	w.eventually("removal", func() bool { return w.log.Stats().Buffers == 0 })
}

func testBytes(t *testing.T, w *world) {
	w.restart(history.Options{BlockSize: 10, Limits: history.Limits{Bytes: 20_000}})
	for i := range 100 {
		w.say("#c", "alice", fmt.Sprint(i, strings.Repeat("x", 1000+i))) // compresses well
		w.say("#c", "alice", noise(1000, i))
	}
	w.eventually("removal", func() bool { return w.log.Stats().Bytes <= 20_000 })
	if n := len(w.all("#c")); n < 10 {
		t.Errorf("%d events left", n)
	}
	w.say("#d", "alice", noise(30_000, 1))
	w.eventually("removal of one too large", func() bool { return w.log.Stats().Buffers == 1 })
}

// noise returns a text that cannot be compressed much.
func noise(n, seed int) string {
	b := make([]byte, n)
	x := uint32(seed + 1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = '!' + byte(x>>24)%90
	}
	return string(b)
}

func testTotal(t *testing.T, w *world) {
	w.restart(history.Options{BlockSize: 10, Total: 150_000})
	for i := range 100 {
		w.say("#old", "alice", noise(1000, i))
	}
	for i := range 60 {
		w.say("#new", "alice", noise(1000, i))
		w.say(fmt.Sprint("#one", i%10), "alice", noise(100, i))
	}
	w.eventually("removal", func() bool { return w.log.Stats().Bytes <= 150_000 })
	if n := len(w.all("#new")); n != 60 {
		t.Errorf("%d events are left where they are new", n)
	}
	if n := len(w.all("#old")); n == 0 || n > 60 {
		t.Errorf("%d events are left where they are old", n)
	}
}
