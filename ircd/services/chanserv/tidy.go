package chanserv

import (
	"context"
	"errors"
	"time"

	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/network"
)

// settled is how long a registration is left alone whose account is not known here:
// this server may yet have to hear of that.
const settled = time.Hour

// tidy does what a server that was killed has left undone when accounts were removed.
func (w watch) tidy() {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	gone := map[string]bool{}
	missing := func(account string, since time.Time) {
		if account != "" && w.Now().Sub(since) > settled && w.Accounts.Lookup(account) == nil {
			gone[account] = true
		}
	}
	for _, rec := range w.Channels.All() {
		missing(rec.Founder, rec.Owned)
		for _, a := range rec.Access {
			missing(a.Account, a.Since)
		}
	}
	for account := range gone {
		inherit(ctx, w.Server, account)
	}
}

// abandon ends the registration of a channel whose founder is gone.
func abandon(ctx context.Context, s *dispatch.Server, rec *chanreg.Record) error {
	ch := present(s, rec)
	err := s.Channels.Drop(ctx, rec.Name, ch.Has(modes.Permanent))
	if errors.Is(err, chanreg.ErrNotFound) {
		return nil // another server has done it
	}
	if err == nil {
		s.Network.MarkRegistered(network.Actor{Service: Service.Source()}, ch, false)
		s.Log.Info("channel dropped: the founder's account is gone", "channel", rec.Name, "account", rec.Founder)
	}
	return err
}
