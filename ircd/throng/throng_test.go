package throng

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var (
	start  = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	limits = Limits{Most: 3, Window: 10 * time.Second, Closed: time.Minute}
)

// let does something again and again, one each interval, and returns how much is let
// through.
func let(c *Throng, who []string, n int, every time.Duration, now *time.Time) (through int) {
	for i := range n {
		if ok, _ := c.Let(who[i%len(who)], 1, limits, *now); ok {
			through++
		}
		*now = now.Add(every)
	}
	return through
}

func TestHonest(t *testing.T) {
	for name, tt := range map[string]struct {
		who   []string
		n     int
		every time.Duration
		want  int
	}{
		"one talks":           {[]string{"a"}, 20, 4 * time.Second, 20},
		"one pastes":          {[]string{"a"}, 8, 0, 3},
		"two talk":            {[]string{"a", "b"}, 20, 4 * time.Second, 20},
		"many, not at once":   {[]string{"a", "b", "c", "d", "e", "f"}, 30, 4 * time.Second, 30},
		"two talk fast":       {[]string{"a", "b"}, 20, time.Second, 6}, // in two windows
		"three talk too fast": {[]string{"a", "b", "c"}, 20, time.Second, 3},
	} {
		now := start
		if got := let(new(Throng), tt.who, tt.n, tt.every, &now); got != tt.want {
			t.Errorf("%s: %d of %d", name, got, tt.n)
		}
	}
	c := new(Throng)
	if ok, _ := c.Let("a", 100, limits, start); !ok {
		t.Error("something large is not let through though nothing else is there")
	}
}

// TestAlone: one who is alone may do more, until somebody else tries.
func TestAlone(t *testing.T) {
	l := limits
	l.Alone = 6
	for name, tt := range map[string]struct {
		who  string
		want string
	}{
		"alone":             {"aaaaaaaa", "yyyyyynn"},
		"another at once":   {"abababab", "yyynnnnn"},
		"another afterward": {"aaaabaaa", "yyyynnnn"},
	} {
		c, got := new(Throng), ""
		for _, who := range strings.Split(tt.who, "") {
			ok, _ := c.Let(who, 1, l, start)
			got += map[bool]string{true: "y", false: "n"}[ok]
		}
		if got != tt.want {
			t.Errorf("%s: %s is %s", name, tt.who, got)
		}
	}
}

// TestWave: however long it lasts, no more comes through than at first, until it has
// lasted for eleven minutes; and when it is over, it is over.
func TestWave(t *testing.T) {
	c, now := new(Throng), start
	var who []string
	for i := range 500 {
		who = append(who, fmt.Sprint(i))
	}
	if got := let(c, who, 6000, 100*time.Millisecond, &now); got != 3 {
		t.Errorf("%d got through", got)
	}
	if !c.Closed(now) {
		t.Error("open in the middle of the wave")
	}
	now = now.Add(2 * time.Minute)
	if c.Closed(now) {
		t.Error("still closed")
	}
	if got := let(c, []string{"honest"}, 2, time.Second, &now); got != 2 {
		t.Error("an honest one bears the consequences")
	}
}

// TestOver: when it is over, a new one does the same as this one.
func TestOver(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, now := new(Throng), start
		for range rapid.IntRange(1, 50).Draw(t, "n") {
			c.Let(rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "who"), 1, limits, now)
			now = now.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "ms")) * time.Millisecond)
		}
		fresh := new(Throng)
		now = c.Over(limits)
		for _, who := range []string{"x", "y", "z", "x", "y", "z", "v"} {
			ok, closes := c.Let(who, 1, limits, now)
			if freshOK, freshCloses := fresh.Let(who, 1, limits, now); ok != freshOK || closes != freshCloses {
				t.Fatalf("%s: %v %v, and to a new one %v %v", who, ok, closes, freshOK, freshCloses)
			}
			now = now.Add(time.Second)
		}
	})
}

// TestBound: no more is let through in any two windows than in each of them.
func TestBound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, now := new(Throng), start
		var through []time.Time
		for range rapid.IntRange(1, 200).Draw(t, "n") {
			now = now.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "ms")) * time.Millisecond)
			who := rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}).Draw(t, "who")
			if ok, _ := c.Let(who, 1, limits, now); ok {
				through = append(through, now)
			}
		}
		for i := range through {
			n := 0
			for _, at := range through[i:] {
				if at.Sub(through[i]) < limits.Window {
					n++
				}
			}
			if n > 2*limits.Most {
				t.Fatalf("%d within a window", n)
			}
		}
	})
}
