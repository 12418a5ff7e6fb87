package state

import (
	"net/netip"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
)

// An Identity is what is known about a user. It is never modified, only
// replaced, so that reading it needs no lock.
type Identity struct {
	Nick, Ident, Host, Realname string
	Account, Away               string
	Server                      string // the name of the one that others see the user on
	Modes                       modes.Set
	Snomask                     string
	Oper                        *event.OperTitle // nil unless the user is an operator
	Person                      *event.Person
	Silence                     []casemap.Mask
	Accept                      []string // UIDs

	source string
	masks  []string
	addr   netip.Addr // if it is not hidden
}

// Source returns nick!ident@host.
func (id *Identity) Source() string { return id.source }

// IsOper reports whether the user is an operator.
func (id *Identity) IsOper() bool { return id.Oper != nil }

// matchable are the forms of the identity that bans match: only what those who
// set bans can see, or have seen before the user was given another host. A ban on a
// hidden address must not reveal it.
func (id *Identity) matchable() []string {
	all := []string{id.source}
	if cloak := id.Person.Cloak; cloak != "" && cloak != id.Host {
		all = append(all, id.Nick+"!"+id.Ident+"@"+cloak)
	}
	if !id.Modes.Has(modes.Cloaked) && id.Person.IP != "" {
		for _, host := range []string{id.Person.RealHost, id.Person.IP} {
			if host != id.Host {
				all = append(all, id.Nick+"!"+id.Ident+"@"+host)
			}
		}
	}
	return all
}

// Silences reports whether the user does not want to hear from.
func (id *Identity) Silences(from *User) bool {
	for _, m := range id.Silence {
		for _, s := range from.Masks() {
			if m.Match(s) {
				return true
			}
		}
	}
	return false
}

// Accepts reports whether the user has ACCEPTed the user with this UID.
func (id *Identity) Accepts(uid string) bool {
	for _, a := range id.Accept {
		if a == uid {
			return true
		}
	}
	return false
}
