package dispatch

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/accounts"
)

// Errors beside those of accounts.
var (
	ErrTooManyAccounts = errors.New("too many accounts have been registered from the address")
	ErrClosed          = errors.New("nothing can be registered just now")
	ErrNotOwner        = errors.New("that is somebody else's certificate")
)

// RegisterAccount registers an account for the client, whom it does not log in. If the
// account waits to be confirmed, logging in will fail with accounts.ErrUnverified.
func (r *Request) RegisterAccount(g accounts.Registration) (p accounts.Proof, waits bool, err error) {
	if !r.Registrations() {
		return p, false, ErrClosed
	}
	limit := r.Server.Config().Accounts.Registration.PerHour
	if !r.Server.registrations.pass(r.RealAddr(), limit, time.Now()) {
		return p, false, ErrTooManyAccounts
	}
	g.Cert, g.CertOther = r.Peer.CertFP, r.Peer.CertFP512
	err = r.Wait(func(ctx context.Context) (err error) {
		p, waits, err = r.Server.Accounts.Register(ctx, g)
		if errors.Is(err, accounts.ErrCertTaken) {
			g.Cert, g.CertOther = "", ""
			p, waits, err = r.Server.Accounts.Register(ctx, g)
		}
		return err
	})
	return p, waits, err
}

// hourly counts happenings within the hour by address. The zero value is ready.
type hourly struct {
	mu    sync.Mutex
	hour  int64
	count map[string]int
}

// Count notes a happening.
func (h *hourly) Count(addr string) { h.pass(addr, 0, time.Now()) }

// Below reports whether fewer than limit happenings have been noted.
func (h *hourly) Below(addr string, limit int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.turn(time.Now())
	return h.count[addr] < limit
}

func (h *hourly) pass(addr string, limit int, now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.turn(now)
	h.count[addr]++
	return limit == 0 || h.count[addr] <= limit
}

// turn forgets what was before this hour.
func (h *hourly) turn(now time.Time) {
	if hour := now.Unix() / 3600; h.count == nil || hour != h.hour {
		h.hour, h.count = hour, map[string]int{}
	}
}
