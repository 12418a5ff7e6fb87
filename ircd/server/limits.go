package server

import (
	"net/netip"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/accounts/password"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/listener"
	"github.com/parley-irc/parley/ircd/passkey"
)

// reserve is how many descriptors are left for files and other servers.
const reserve = 64

// limits returns how many connections may come from where. Gateways are exempt:
// their users are counted by their own addresses (Conn.Readmit).
func limits(c *config.Config) listener.Limits {
	n := c.Connections
	l := listener.Limits{MaxClients: n.MaxClients, PrefixV4: n.IPv4Prefix, PrefixV6: n.IPv6Prefix}
	if room := listener.Descriptors() - reserve; room > 0 && (l.MaxClients == 0 || l.MaxClients > room) {
		l.MaxClients = room
	}
	if !n.Enabled {
		return l
	}
	l.PerAddress, l.Rate, l.Window = n.PerAddress, n.Rate, time.Duration(n.Window)
	l.Mass, l.MassWindow = n.Mass, time.Duration(n.MassWindow)
	l.Exempt = prefixes(n.Exempt)
	for _, x := range c.ConnectionClasses {
		l.Classes = append(l.Classes, listener.Class{
			Name: x.Name, From: prefixes(x.From), Most: x.MaxClients, PerAddress: x.PerAddress,
			Rate: x.Rate, Window: time.Duration(x.Window), PrefixV4: x.IPv4Prefix, PrefixV6: x.IPv6Prefix,
		})
	}
	for _, w := range c.WebIRC {
		l.Exempt = append(l.Exempt, prefixes(w.Hosts)...)
	}
	return l
}

// mostTor is how many connections come through Tor at most, and how many new ones in a
// minute, unless there is a class for them.
const mostTor = 100

// limits are those of the configuration, for those who are known here.
func (s *Server) limits(c *config.Config) listener.Limits {
	l := limits(c)
	l.Known = func(addr netip.Addr) bool {
		return s.names != nil && s.names.Known(s.names.Address(addr)) >= time.Duration(c.Newcomers.KnownAfter)
	}
	l.Classes = append(l.Classes, listener.Class{
		Name: "tor", From: []netip.Prefix{dispatch.TorNetwork}, Most: mostTor, Rate: mostTor, Window: time.Minute, PrefixV6: 64,
	})
	return l
}

// admit counts a connection. It refuses one from an address that is banned: if it is to
// speak TLS, only in a wave of such, because before the handshake nobody can be told
// why. Operators are told of connections that are over a limit.
func (s *Server) admit(addr netip.Addr, secure bool) (release func(), err error) {
	if err := s.Core.Door(addr, secure); err != nil {
		s.refused.banned.Add(1)
		return nil, err
	}
	release, err = s.limiter.Admit(addr, time.Now())
	if err != nil {
		s.refused.limited.Add(1)
	}
	if err != nil && addr.IsValid() {
		s.Core.InformOfRefusal(addr.Unmap().String(), err.Error())
	}
	return release, err
}

// prefixes returns addresses and networks, which the configuration has checked.
func prefixes(list []string) []netip.Prefix {
	all := make([]netip.Prefix, 0, len(list))
	for _, s := range list {
		if p, err := netip.ParsePrefix(s); err == nil {
			all = append(all, p.Masked())
		} else if a, err := netip.ParseAddr(s); err == nil {
			a = a.Unmap()
			all = append(all, netip.PrefixFrom(a, a.BitLen()))
		}
	}
	return all
}

// AccountOptions are the rules that the configuration has for accounts, but for those
// about mail.
func AccountOptions(c *config.Config, now func() time.Time) accounts.Options {
	names, _ := casemap.ParseMapping(c.Server.Casemapping) // the configuration has checked it
	a := c.Accounts
	return accounts.Options{
		Passkeys:     passkeys(c),
		Names:        names,
		Hash:         password.Params{Memory: uint32(a.Argon2Memory / config.KiB), Time: uint32(a.Argon2Iterations), Threads: uint8(a.Argon2Threads)},
		Workers:      a.HashWorkers,
		Queue:        time.Duration(a.HashQueue),
		VerifyEmail:  a.Registration.EmailRequired,
		VerifyWithin: time.Duration(a.Registration.VerifyWithin),
		Network:      c.Network.Name,
		ExpireAfter:  time.Duration(a.ExpireAfter),
		KeepLogins:   keepLogins(a.LoginHistory),
		Now:          now,
	}
}

// passkeys returns whom passkeys sign for, which the configuration has checked.
func passkeys(c *config.Config) *passkey.Party {
	p := c.Accounts.Passkeys
	if !p.Enabled() {
		return nil
	}
	party, err := passkey.New(passkey.Options{Domain: p.Domain, Name: c.Network.Name, Origins: p.Sites()})
	if err != nil {
		return nil
	}
	return party
}

// keepLogins says that none are kept as package accounts has it.
func keepLogins(n int) int {
	if n == 0 {
		return -1
	}
	return n
}

func (s *Server) accountOptions(c *config.Config) accounts.Options {
	o := AccountOptions(c, s.options.Now)
	o.Log = s.Log
	if c.Mail.Enabled {
		o.Mail = s.mailer
	}
	s.authorities.Apply(&o)
	return o
}
