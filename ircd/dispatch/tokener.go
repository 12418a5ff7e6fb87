package dispatch

import (
	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/extjwt"
)

// Tokener signs the tokens of clients.
func (s *Server) Tokener() *extjwt.Signer { return s.tokener.Load() }

func (s *Server) newTokener(c *config.Config) {
	t, err := extjwt.New(&c.ExtJWT)
	if err != nil {
		s.Log.Error("a key for tokens cannot be used", "error", err)
	}
	s.tokener.Store(t)
}
