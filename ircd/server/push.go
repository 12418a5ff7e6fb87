package server

import (
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/push"
)

// openPush reads the devices that are told of what is said to those who are away.
func (s *Server) openPush() (err error) {
	o := dispatch.PushOptions(s.config)
	o.Now, o.Log = s.options.Now, s.Log
	o.Owner = dispatch.AccountOwner(s.accounts, o.Now)
	s.push, err = push.Open(s.ctx, s.store, o)
	return err
}
