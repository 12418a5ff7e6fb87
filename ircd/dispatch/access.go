package dispatch

import (
	"time"

	"github.com/parley-irc/parley/ircd/chanreg"
)

// FlagsIn returns what an account may do in a registered channel; "" is nothing: what
// was given to it, and what was given to those with access to another channel, if it has
// that. Groups of groups are none, so that it is plain who is in one.
func (s *Server) FlagsIn(rec *chanreg.Record, account string) chanreg.Flags {
	flags := s.OwnFlags(rec, account)
	if account == "" || !rec.Registered() || flags.Has(chanreg.Founder) || rec.Closed(s.Now()) != nil {
		return flags
	}
	for _, g := range s.Channels.Groups(rec.Name) {
		if s.InGroup(g, account) {
			flags = flags.With(g.Flags)
		}
	}
	return flags
}

// InGroup reports whether an account has access to the channel that a grant names. What
// was given to one that was registered again since was given to another.
func (s *Server) InGroup(g chanreg.Grant, account string) bool {
	team := s.Channels.Lookup(g.Account)
	return team.Registered() && !g.Since.Before(team.Created.Truncate(time.Second)) && s.OwnFlags(team, account) != ""
}

// OwnFlags returns what was given to an account itself in a channel. Flags that were
// given before the account was registered were given to another of that name.
func (s *Server) OwnFlags(rec *chanreg.Record, account string) chanreg.Flags {
	flags := s.Channels.FlagsOf(rec, account, s.Now())
	if flags == "" || s.Accounts == nil {
		return flags
	}
	since := rec.Access[s.Channels.Key(account)].Since
	if flags.Has(chanreg.Founder) {
		since = rec.Owned
	}
	if a := s.Accounts.Lookup(account); a != nil && since.Before(a.Created.Truncate(time.Second)) {
		return ""
	}
	return flags
}
