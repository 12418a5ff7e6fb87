package accounts

import (
	"context"
	"log/slog"
	"time"
)

// sweepEvery is how often accounts are looked for that have expired.
const sweepEvery = 10 * time.Minute

// Run removes accounts that have expired until ctx is cancelled.
func (s *Service) Run(ctx context.Context) {
	t := time.NewTicker(sweepEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		removed, err := s.Sweep(ctx)
		for _, name := range removed {
			slog.Info("an account has expired", "account", name)
		}
		if err != nil && ctx.Err() == nil {
			slog.Warn("accounts that have expired are not removed yet", "error", err)
		}
	}
}
