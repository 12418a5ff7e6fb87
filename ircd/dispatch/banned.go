package dispatch

import (
	"context"
	"log/slog"
	"time"

	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
)

// banned tells somebody of a ban.
func (s *Server) banned(b *bans.Ban) numerics.Reply {
	appeal := s.Config().Bans.Appeal
	switch until := lang.Date(b.Until); {
	case b.Until.IsZero() && appeal == "":
		return numerics.YoureBanned.With().Because("You are banned from this network: %s (ban %s)", ReasonOf(b), b.ID)
	case b.Until.IsZero():
		return numerics.YoureBanned.With().Because("You are banned from this network: %s (ban %s). %s", ReasonOf(b), b.ID, appeal)
	case appeal == "":
		return numerics.YoureBanned.With().Because("You are banned from this network until %s: %s (ban %s)", until, ReasonOf(b), b.ID)
	default:
		return numerics.YoureBanned.With().Because("You are banned from this network until %s: %s (ban %s). %s", until, ReasonOf(b), b.ID, appeal)
	}
}

// ReasonOf is why somebody is banned, as they are told.
func ReasonOf(b *bans.Ban) any {
	switch {
	case b.Reason != "":
		return b.Reason
	case b.Action == bans.Login:
		return lang.Text("log in to an account")
	}
	return lang.Text("no reason was given")
}

// met notes that a ban has met somebody.
func (s *Server) met(b *bans.Ban, nick, addr string) {
	news := s.Bans.Hit(b, s.Now())
	s.Log.Info("banned client", slog.String("ban", b.ID), slog.String("action", string(b.Action)), slog.String("addr", addr), slog.String("nick", nick))
	if news {
		s.Network.Inform(modes.SnoBans, "%[1]s from %[2]s meets the ban %[3]s (%[4]s) on %[5]s", nick, addr, b.ID, string(b.Action), b.Target)
	}
}

// tend removes bans whose time is over, and keeps the count of hits once a minute. It
// does not wait.
func (s *Server) tend(ctx context.Context, now time.Time) {
	if s.Bans == nil || !s.guard.busy.CompareAndSwap(false, true) {
		return
	}
	hits := now.Sub(s.guard.minute) >= time.Minute
	if hits {
		s.guard.minute = now
	}
	go func() {
		defer s.guard.busy.Store(false)
		for _, b := range s.Bans.Expire(ctx, s.Now()) {
			s.Log.Info("a ban is over", "ban", b.ID, "target", b.Target)
			s.Network.Inform(modes.SnoBans, "The ban %[1]s (%[2]s) on %[3]s is over", b.ID, string(b.Action), b.Target)
		}
		if !hits {
			return
		}
		s.keepFilterHits(ctx)
		if err := s.Bans.KeepHits(ctx); err != nil && ctx.Err() == nil {
			s.Log.Warn("the hits of bans are not stored now", "error", err)
		}
	}()
}
