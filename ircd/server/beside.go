package server

import (
	"github.com/parley-irc/parley/ircd/authtoken"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/profiles"
	"github.com/parley-irc/parley/ircd/push"
)

// openBeside opens what is kept beside the accounts: metadata, devices and tokens.
func (s *Server) openBeside(p *Parts) (err error) {
	owner := dispatch.AccountOwner(s.accounts, s.options.Now)
	o := dispatch.PushOptions(s.config)
	o.Now, o.Log, o.Owner = s.options.Now, s.Log, owner
	if s.push, err = push.Open(s.ctx, s.store, o); err != nil {
		return err
	}
	s.finallyClose(s.push.Close)
	p.Push = s.push
	p.Profiles = &profiles.Keeper{Store: s.store, Owner: owner}
	p.Tokens = &authtoken.Issuer{Store: s.store, Now: s.options.Now}
	s.keepTokens(p.Tokens)
	return nil
}
