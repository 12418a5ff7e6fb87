package dispatch

import (
	"context"
	"time"

	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
)

// keepWithin is how long a client waits until what it has changed is stored.
const keepWithin = 5 * time.Second

var notKept = numerics.Fail{
	Code: "TEMPORARILY_UNAVAILABLE",
	Text: "This is done, but could not be stored yet. The server goes on trying.",
}

// An unkept is what a request has changed and is not stored yet. Only the goroutine
// of the session uses it.
type unkept struct {
	ticket  chanreg.Ticket // of the last change
	stalled bool           // the session is told nothing meanwhile
}

func (s *Server) unkeptOf(by network.Actor) *unkept {
	u, had := s.kept.LoadOrStore(by.Session, &unkept{})
	if !had {
		s.keeping.Add(1)
	}
	return u.(*unkept)
}

// Hold keeps back what the client is told, until what it has changed is stored: what
// it reads is so for good.
func (s *Server) Hold(by network.Actor) {
	if u := s.unkeptOf(by); !u.stalled {
		u.stalled = true
		by.Session.Stall()
	}
}

// Keep notes that a channel has changed which is to be kept. The client that has
// changed it waits for that before its next line is run.
func (s *Server) Keep(by network.Actor, ch *state.Channel, old string) {
	t := s.Channels.Mark(ch, old)
	if by.Session != nil {
		s.unkeptOf(by).ticket = t
	}
}

// awaitKept waits until what the request has changed is stored.
func (r *Request) awaitKept() error {
	if r.Server.keeping.Load() == 0 { // as after nearly every request
		return nil
	}
	v, ok := r.Server.kept.LoadAndDelete(r.Session)
	if !ok {
		return nil
	}
	r.Server.keeping.Add(-1)
	u := v.(*unkept)
	if u.stalled {
		defer r.Session.Resume()
	}
	if u.ticket == 0 {
		return nil
	}
	var failed error
	err := r.Wait(func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, keepWithin)
		defer cancel()
		failed = r.Server.Channels.Kept(ctx, u.ticket)
		return nil
	})
	if failed != nil && err == nil {
		r.Warn(notKept)
	}
	return err
}
