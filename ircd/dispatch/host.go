package dispatch

import (
	"net/netip"

	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/vhosts"
)

// Others see of a user, in this order: the host that a block of operators gives, the one
// that the account has, and the user's own, which is the cloak or the address.

// OwnHost is the host that others see of a user to whom none has been given.
func (s *Server) OwnHost(u *state.User) string {
	id := u.Identity()
	if !id.Modes.Has(modes.Cloaked) {
		return id.Person.RealHost
	}
	return s.cloakOf(u)
}

func (s *Server) cloakOf(u *state.User) string {
	p := u.Identity().Person
	addr, _ := netip.ParseAddr(p.IP) // of the user's first session
	return s.Cloak(addr, p.RealHost)
}

// HostOf returns the host that others see of who is logged in to an account, or "" if
// it has none.
func (s *Server) HostOf(account string) string {
	if s.VHosts == nil || s.Accounts == nil || account == "" || !s.Config().VHosts.Enabled {
		return ""
	}
	a := s.Accounts.Lookup(account)
	if a == nil {
		return ""
	}
	return s.VHosts.Of(a.Name, a.ID).Shown()
}

// GiveHost changes the host that others see of a user, and tells the user. "" stands for
// the user's own.
func (s *Server) GiveHost(u *state.User, host string) {
	cloak := ""
	if own := s.OwnHost(u); host == "" || host == own {
		host = own
	} else {
		cloak = s.cloakOf(u)
	}
	if u.Identity().Host == host {
		return
	}
	s.Network.SetHost(network.Actor{User: u}, u.Identity().Ident, host, cloak)
	s.Network.TellAnywhere(u, numerics.VisibleHost.With(host))
}

// followHost gives a user who has just logged in or out the host that belongs to that.
// One that an operator gives stays.
func (s *Server) followHost(u *state.User, before string) {
	if s.VHosts == nil || s.hostOfOper(u) != "" {
		return
	}
	if host := s.HostOf(u.Account()); host != "" {
		s.GiveHost(u, host)
	} else if before != "" && u.Identity().Host == s.VHosts.Last(before) {
		s.GiveHost(u, "")
	}
}

// FollowVHost gives those who are logged in to an account, on whatever server, the host
// that it has now. Before is the one that it had.
func (s *Server) FollowVHost(account, before string) {
	host := s.HostOf(account)
	for _, u := range s.Network.World.Users() {
		if !s.Network.World.Mapping.Equal(u.Account(), account) || s.hostOfOper(u) != "" {
			continue
		}
		if host != "" || before != "" && u.Identity().Host == before {
			s.GiveHost(u, host)
		}
	}
}

// hostOfOper returns the host that others see of a user because of a block of operators,
// or "".
func (s *Server) hostOfOper(u *state.User) string {
	id := u.Identity()
	if !id.IsOper() {
		return ""
	}
	if o := s.operNamed(id.Oper.Name); o != nil && o.Vhost == id.Host {
		return o.Vhost
	}
	return ""
}

// HostRules says what hosts are not given.
func (s *Server) HostRules() vhosts.Rules {
	rules := vhosts.Rules{Mapping: s.Network.World.Mapping, Suffix: s.Config().Cloak.Suffix}
	rules.Hosts = append(rules.Hosts, serviceHost, s.Name())
	for _, server := range s.Network.Sites() {
		rules.Hosts = append(rules.Hosts, server.Name)
	}
	for _, o := range s.Config().Opers {
		rules.Hosts = append(rules.Hosts, o.Vhost)
	}
	return rules
}
