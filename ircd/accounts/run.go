package accounts

import (
	"context"
	"time"
)

// How often accounts are looked for that nobody has confirmed, or that nobody uses, and
// notes of logins are stored.
const (
	sweepEvery = 10 * time.Minute
	noteEvery  = 5 * time.Second
	tendEvery  = time.Hour
)

// Run removes accounts that have expired, and stores notes of logins, until ctx is
// cancelled. Close must follow.
func (s *Service) Run(ctx context.Context) {
	sweep, note, tend := time.NewTicker(sweepEvery), time.NewTicker(noteEvery), time.NewTicker(tendEvery)
	defer sweep.Stop()
	defer tend.Stop()
	defer note.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-note.C:
			s.storeNotes(ctx)
		case <-sweep.C:
			s.sweep(ctx, s.Sweep)
		case <-tend.C:
			s.sweep(ctx, s.Tend)
		}
	}
}

func (s *Service) sweep(ctx context.Context, remove func(context.Context) ([]string, error)) {
	removed, err := remove(ctx)
	for _, name := range removed {
		s.options().Log.Info("an account has expired", "account", name)
	}
	if err != nil && ctx.Err() == nil {
		s.options().Log.Warn("accounts that have expired are not removed yet", "error", err)
	}
}
