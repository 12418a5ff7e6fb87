package server

import (
	"context"
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
// first and records are closed last, so that nothing is acknowledged that is not
// kept.
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
	if s.flusher != nil {
		s.flusher.Close()
	}
	if s.parking != nil {
		_ = s.parking.Close()
	}
	if s.push != nil {
		s.push.Close()
	}
	if s.Core != nil && s.Core.Network.History != nil {
		if err := s.Core.Network.History.Close(); err != nil {
			s.Log.Error("close the history", "error", err)
		}
	}
	if s.keeper != nil {
		if err := s.keeper.Save(); err != nil {
			s.Log.Error("store those who are always on", "error", err)
		}
	}
	if s.markers != nil {
		if err := s.markers.Close(); err != nil {
			s.Log.Error("store the read markers", "error", err)
		}
	}
	if s.channels != nil {
		ctx, cancel := context.WithTimeout(context.Background(), drain)
		defer cancel()
		if err := s.channels.Flush(ctx); err != nil {
			s.Log.Error("store the channels", "error", err)
		}
		s.channels.Close()
	}
	if s.bans != nil {
		ctx, cancel := context.WithTimeout(context.Background(), drain)
		defer cancel()
		if err := s.bans.KeepHits(ctx); err != nil {
			s.Log.Error("store the hits of bans", "error", err)
		}
		s.bans.Close()
	}
	if s.names != nil {
		ctx, cancel := context.WithTimeout(context.Background(), drain)
		defer cancel()
		if err := s.names.Keep(ctx); err != nil {
			s.Log.Error("store the reputations", "error", err)
		}
		s.names.Close()
	}
	if s.filters != nil {
		ctx, cancel := context.WithTimeout(context.Background(), drain)
		defer cancel()
		if err := s.filters.KeepHits(ctx); err != nil {
			s.Log.Error("store the hits of spam filters", "error", err)
		}
		s.filters.Close()
	}
	if s.defcon != nil {
		s.defcon.Close()
	}
	if s.vhosts != nil {
		s.vhosts.Close()
	}
	if s.memos != nil {
		s.memos.Close()
	}
	if s.acts != nil {
		s.acts.Close()
	}
	if s.accounts != nil {
		s.accounts.Close()
	}
	if s.authorities != nil {
		s.authorities.Close()
	}
	if s.mailer != nil {
		if left := s.mailer.Close(); left > 0 {
			s.Log.Warn("mail is not sent any more", "letters", left)
		}
	}
	if s.store != nil {
		if err := s.store.Close(); err != nil {
			s.Log.Error("close the records", "error", err)
		}
	}
	if s.logs != nil {
		s.logs.close()
	}
	if s.folder != nil {
		s.folder.close()
	}
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
