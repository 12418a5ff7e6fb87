package accounts

import (
	"context"
	"log/slog"
	"time"
)

// How often accounts are looked for that have expired, and notes of logins are stored.
const (
	sweepEvery = 10 * time.Minute
	noteEvery  = 5 * time.Second
)

// Run removes accounts that have expired, and stores notes of logins, until ctx is
// cancelled. Close must follow.
func (s *Service) Run(ctx context.Context) {
	sweep, note := time.NewTicker(sweepEvery), time.NewTicker(noteEvery)
	defer sweep.Stop()
	defer note.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-note.C:
			s.storeNotes(ctx)
		case <-sweep.C:
			s.sweep(ctx)
		}
	}
}

func (s *Service) sweep(ctx context.Context) {
	removed, err := s.Sweep(ctx)
	for _, name := range removed {
		slog.Info("an account has expired", "account", name)
	}
	if err != nil && ctx.Err() == nil {
		slog.Warn("accounts that have expired are not removed yet", "error", err)
	}
}
