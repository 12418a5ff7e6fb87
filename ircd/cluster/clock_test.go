package cluster

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/cluster/clustertest"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/link/linktest"
)

// wallClock returns a clock that jumps by what the second value has.
func wallClock() (*Clock, *atomic.Int64) {
	jump := new(atomic.Int64)
	return NewClock(func() time.Time { return time.Now().Add(time.Duration(jump.Load())) }), jump
}

// TestClockJump tests that a server whose wall clock jumps goes on with the time of the
// others, and follows it when theirs jump as well.
func TestClockJump(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "a.example", "b.example", "c.example")
	var all []*server
	var jumps []*atomic.Int64
	for i, name := range w.names {
		clock, jump := wallClock()
		jumps = append(jumps, jump)
		l := &listener{Recorder: linktest.NewRecorder(name[:1])}
		s := w.start(name, Mode{State: Member, Group: "g"}, func(o *Options) { o.Self, o.Clock = l.Self(), clock }, w.names[:i]...)
		if err := s.Serve(l); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	linked := func() bool {
		for _, s := range all {
			for _, p := range s.Peers() {
				if !p.Up {
					return false
				}
			}
			if len(s.Peers()) < 2 {
				return false
			}
		}
		return true
	}
	off := func(s *server) time.Duration { return time.Until(s.o.Clock.Now().Round(0)).Abs() }
	clustertest.Until(t, "they are linked, and know each other's clocks", func() bool { return linked() && clocks(all) })
	for _, by := range []time.Duration{time.Hour, -time.Hour} {
		jumps[0].Store(int64(by))
		clustertest.Until(t, "it is noticed", all[0].o.Clock.apart.Load)
		if off(all[0]) > time.Second || !linked() {
			t.Errorf("after a jump of %v the time is off by %v; linked: %v", by, off(all[0]), linked())
		}
		jumps[0].Store(0)
		clustertest.Until(t, "it is right again", func() bool { return !all[0].o.Clock.apart.Load() })
	}
	if !all[0].log.has("the clock of this machine is wrong") || !all[0].log.has("is right again") {
		t.Error("it is not logged")
	}
	if !linked() || all[1].log.has("clock") || all[2].log.has("clock") {
		t.Error("the others were disturbed")
	}
	for _, jump := range jumps {
		jump.Store(int64(time.Hour))
	}
	for _, s := range all {
		clustertest.Until(t, "all have jumped", func() bool { return off(s) > 59*time.Minute })
	}
	clustertest.Until(t, "they are linked", linked)
}

// clocks reports whether all servers know the wall clocks of all others.
func clocks(all []*server) bool {
	for _, s := range all {
		known := 0
		s.mu.Lock()
		for _, p := range s.met {
			if _, ok := p.lanes[servicesLane].wall(); ok {
				known++
			}
		}
		s.mu.Unlock()
		if known < len(all)-1 {
			return false
		}
	}
	return true
}

// TestClockApart tests that servers whose times come to differ, because one was out of reach
// when its clock jumped, are not linked until they agree.
func TestClockApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "a.example", "b.example")
	var jump atomic.Int64
	jump.Store(int64(event.MaxSkew + time.Second))
	clock := NewClock(func() time.Time { return time.Now().Add(time.Duration(jump.Load())) })
	a := w.start("a.example", Mode{State: Member, Group: "g"}, nil)
	b := w.start("b.example", Mode{State: Member, Group: "g"}, func(o *Options) { o.Clock = clock }, "a.example")
	for _, s := range []*server{a, b} {
		clustertest.Until(t, "it is refused", func() bool { return s.log.has("clock of") })
	}
	jump.Store(0) // followed when nobody has contradicted for a while
	clustertest.Until(t, "they meet", func() bool { return len(a.Met()) == 1 && len(b.Met()) == 1 })
}

// TestClock tests whom a clock follows, at once and after a while.
func TestClock(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		jump          time.Duration
		others        []time.Duration
		first, second clockChange
	}{
		{500 * time.Millisecond, nil, clockFollows, clockFollows},
		{-500 * time.Millisecond, []time.Duration{0, 0}, clockFollows, clockFollows},
		{time.Hour, nil, clockFollows, clockJumped},
		{time.Hour, []time.Duration{0}, clockApart, clockApart},
		{-time.Hour, []time.Duration{time.Second, 0}, clockApart, clockApart},
		{time.Hour, []time.Duration{time.Hour, 0}, clockFollows, clockJumped},
		{-time.Hour, []time.Duration{-time.Hour, -time.Hour, 0}, clockJumped, clockFollows},
		{time.Hour, []time.Duration{-time.Hour, 0}, clockApart, clockApart},
	} {
		c, jump := wallClock()
		jump.Store(int64(tt.jump))
		first, _ := c.follow(tt.others)
		if !c.doubt.IsZero() {
			c.doubt = c.doubt.Add(-undecided)
		}
		second, _ := c.follow(tt.others)
		moved := time.Until(c.Now().Round(0)).Abs() > tt.jump.Abs()/2
		if first != tt.first || second != tt.second || moved != (second != clockApart) {
			t.Errorf("jump %v, others %v: %v, then %v, moved %v", tt.jump, tt.others, first, second, moved)
		}
	}
}
