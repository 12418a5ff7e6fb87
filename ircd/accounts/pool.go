package accounts

import (
	"context"
	"time"

	"github.com/parley-irc/parley/ircd/accounts/password"
)

// A pool bounds how much hashing happens at once: what a thousand clients ask for
// together must not keep the others from chatting.
type pool struct {
	slots chan struct{}
	wait  time.Duration
}

func newPool(workers int, wait time.Duration) pool {
	return pool{make(chan struct{}, workers), wait}
}

// do calls f when there is a free worker. It returns ErrBusy if none becomes
// free in time.
func (p pool) do(ctx context.Context, f func()) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	timer := time.NewTimer(p.wait)
	defer timer.Stop()
	select {
	case p.slots <- struct{}{}:
	case <-timer.C:
		return ErrBusy
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-p.slots }()
	password.Beside(f)
	return nil
}
