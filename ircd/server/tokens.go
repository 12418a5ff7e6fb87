package server

import (
	"time"

	"github.com/parley-irc/parley/ircd/authtoken"
)

// sweepEvery is how often tokens are removed that nobody has used.
const sweepEvery = 10 * time.Minute

// keepTokens removes the tokens that have expired, from time to time.
func (s *Server) keepTokens(i *authtoken.Issuer) {
	s.loops.Go(func() {
		t := time.NewTicker(sweepEvery)
		defer t.Stop()
		for {
			if err := i.Sweep(s.ctx); err != nil && s.ctx.Err() == nil {
				s.Log.Error("old tokens are not removed", "error", err)
			}
			select {
			case <-s.ctx.Done():
				return
			case <-t.C:
			}
		}
	})
}
