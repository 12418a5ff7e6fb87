package dispatch

import (
	"time"

	"github.com/parley-irc/parley/ircd/chanreg"
)

// FlagsIn returns what an account may do in a registered channel; "" is nothing. Flags
// that were given to an account before it was registered were given to another of that
// name.
func (s *Server) FlagsIn(rec *chanreg.Record, account string) chanreg.Flags {
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
