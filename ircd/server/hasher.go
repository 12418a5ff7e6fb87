package server

import (
	"context"
	"runtime"

	"github.com/parley-irc/parley/ircd/accounts/password"
)

// A hasher checks the passwords of the configuration: so many at a time, because
// each takes a core for a while and anybody can make the server check one.
type hasher struct{ slots chan struct{} }

func newHasher(workers int) hasher {
	if workers <= 0 {
		workers = max(1, runtime.GOMAXPROCS(0)/2)
	}
	return hasher{make(chan struct{}, workers)}
}

// verify reports whether hash is that of pw, waiting until ctx ends for its turn.
func (h hasher) verify(ctx context.Context, hash, pw string) (ok bool) {
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return false
	}
	defer func() { <-h.slots }()
	password.Beside(func() { ok = password.Verify(hash, pw) })
	return ok
}
