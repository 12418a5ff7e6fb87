package server

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/lang"
)

// Run runs the server until ctx is cancelled or Stop is called, and stops it:
// clients are told and disconnected, records are safe. It returns why it stopped.
func (s *Server) Run(ctx context.Context) (reason lang.Phrase) {
	select {
	case <-ctx.Done():
		reason = lang.Text("Server shutting down").With()
	case reason = <-s.stop:
	}
	s.Log.Info("stopping", "reason", reason.String())
	s.close(reason)
	return reason
}

// Stop makes Run return. It does not wait.
func (s *Server) Stop(reason lang.Text, words ...any) {
	select {
	case s.stop <- reason.With(words...):
	default: // it is stopping already
	}
}

// drain is how long handlers and the last lines to clients may take.
const drain = 4 * time.Second

// close ends what start has begun, as far as it came. New clients are refused
// first and then, backwards, all is closed that start has opened: records are
// the last, so that nothing is acknowledged that is not kept.
func (s *Server) close(reason lang.Phrase) {
	s.mu.Lock()
	s.stopping = true // no rehash opens a listener from now on
	s.handOver()
	closeAll(s.sockets)
	s.mu.Unlock()
	if s.control != nil {
		s.control.Close()
	}
	s.webs.close()
	if s.hooks != nil {
		s.hooks.Close()
	}
	s.clients.close()
	if s.Core != nil {
		for _, c := range s.Core.Conns() {
			c.End(reason.Text, reason.Args...)
		}
	}
	s.cancel()
	if left := s.clients.wait(drain); left > 0 {
		s.Log.Warn("clients are cut off", "connections", left)
	}
	s.loops.Wait()
	if s.up {
		s.Core.Network.Unlink()
	}
	for _, e := range slices.Backward(s.endings) {
		if err := e.end(); err != nil {
			s.Log.Error(e.what, "error", err)
		}
	}
}

// An ending ends something that start has begun.
type ending struct {
	what string // is done, for the log if it fails
	end  func() error
}

// finally has something done when the server stops, after what start begins later.
func (s *Server) finally(what string, end func() error) {
	s.endings = append(s.endings, ending{what, end})
}

// finallyClose closes what was opened, when the server stops.
func (s *Server) finallyClose(end func()) {
	s.finally("", func() error { end(); return nil })
}

// finallyStore stores what a service has not stored yet, when the server stops, and closes
// the service.
func (s *Server) finallyStore(what string, save func(context.Context) error, end func()) {
	s.finally(what, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), drain)
		defer cancel()
		defer end()
		return save(ctx)
	})
}

// A group counts the connections that are being served.
type group struct {
	mu     sync.Mutex
	n      int
	closed bool
	empty  chan struct{} // closed when the group is closed and empty
}

// enter counts a connection, unless the group is closed.
func (g *group) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return false
	}
	g.n++
	return true
}

func (g *group) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.n--
	if g.n == 0 && g.closed {
		close(g.empty)
	}
}

func (g *group) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed, g.empty = true, make(chan struct{})
	if g.n == 0 {
		close(g.empty)
	}
}

// wait waits until all connections of the closed group have left, and returns how
// many have not in time.
func (g *group) wait(limit time.Duration) int {
	t := time.NewTimer(limit)
	defer t.Stop()
	select {
	case <-g.empty:
	case <-t.C:
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.n
}
