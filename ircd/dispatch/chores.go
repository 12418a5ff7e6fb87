package dispatch

import (
	"context"
	"sync/atomic"
	"time"
)

// choresEvery is how often the chores are done.
const choresEvery = 10 * time.Minute

// chores is when they were done last. Only Watch uses it, but for busy.
type chores struct {
	last time.Time
	busy atomic.Bool
}

// doChores does the chores if it is time. It does not wait.
func (s *Server) doChores(ctx context.Context, now time.Time) {
	c := &s.chores
	if c.last.IsZero() {
		c.last = now // the server has just started: there is more to do
	}
	if len(s.Chores) == 0 || now.Sub(c.last) < choresEvery || !c.busy.CompareAndSwap(false, true) {
		return
	}
	c.last = now
	go func() {
		defer c.busy.Store(false)
		for _, f := range s.Chores {
			f(ctx)
		}
	}()
}
