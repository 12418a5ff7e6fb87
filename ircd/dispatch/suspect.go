package dispatch

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/extban"
	"github.com/parley-irc/parley/ircd/state"
)

// A suspect is somebody whom the bans of the network may be about. Unlike the lists of
// a channel, these see where a user really is. It is an extban.Subject.
type suspect struct {
	nick, ident       string
	hosts             []string
	account, realname string
	certfp, server    string
	country, asn      string
	oper              string
	addr              netip.Addr
	secure            bool
	groups            string
	user              *state.User // nil before registration
}

// suspectOf returns a user of any server, as far as the user's server has told.
func suspectOf(u *state.User) *suspect {
	id := u.Identity()
	p := id.Person
	x := &suspect{
		nick: id.Nick, ident: id.Ident, hosts: []string{id.Host}, account: id.Account, realname: id.Realname,
		certfp: p.CertFP, server: p.Server, country: p.Country, asn: p.ASN, secure: p.Secure, groups: p.Groups, user: u,
	}
	if id.Oper != nil {
		x.oper = id.Oper.Name
	}
	x.addr, _ = netip.ParseAddr(p.IP)
	x.at(p.RealHost, p.IP)
	return x
}

// resident returns a user whose clients, wherever they were, are gone: an address says
// nothing about the user any more.
func resident(u *state.User) *suspect {
	x := suspectOf(u)
	x.hosts, x.addr = x.hosts[:1], netip.Addr{}
	return x
}

// suspect returns the user of the client, as seen at this end of the connection.
func (c *Conn) suspect(u *state.User) *suspect {
	x := suspectOf(u)
	x.addr, x.certfp, x.secure, x.server = c.Addr(), c.Peer.CertFP, c.Peer.Secure, c.Server.Name()
	x.at(c.RealAddr())
	return x
}

// newcomer returns the client before it is registered, as far as it is known.
func (c *Conn) newcomer(host, ident string) *suspect {
	g := c.Registration
	x := &suspect{
		nick: g.Nick, ident: ident, account: g.Account, realname: g.Realname,
		certfp: c.Peer.CertFP, server: c.Server.Name(), secure: c.Peer.Secure, addr: c.Addr(),
	}
	x.at(host, c.RealAddr())
	x.placed(c.Server)
	x.groups = c.groupsOf(x)
	return x
}

// placed notes where the suspect's address is.
func (x *suspect) placed(s *Server) {
	p := s.PlaceOf(x.addr)
	x.country, x.asn = p.Country, p.ASN
}

// at adds hosts by which the suspect is known.
func (x *suspect) at(hosts ...string) {
	for _, h := range hosts {
		known := h == ""
		for _, other := range x.hosts {
			known = known || other == h
		}
		if !known {
			x.hosts = append(x.hosts, h)
		}
	}
}

// Masks implements extban.Subject, as do the methods below.
func (x *suspect) Masks() []string {
	masks := make([]string, len(x.hosts))
	for i, h := range x.hosts {
		masks[i] = x.nick + "!" + x.ident + "@" + h
	}
	return masks
}

func (x *suspect) Addr() netip.Addr   { return x.addr }
func (x *suspect) Account() string    { return x.account }
func (x *suspect) Realname() string   { return x.realname }
func (x *suspect) CertFP() string     { return x.certfp }
func (x *suspect) Country() string    { return x.country }
func (x *suspect) ASN() string        { return x.asn }
func (x *suspect) OperName() string   { return x.oper }
func (x *suspect) ServerName() string { return x.server }
func (x *suspect) Secure() bool       { return x.secure }

// InGroup implements extban.Subject.
func (x *suspect) InGroup(name string) bool {
	return slices.Contains(strings.Fields(x.groups), name)
}

func (x *suspect) InChannel(name casemap.Folded) (prefix string, ok bool) {
	if x.user == nil {
		return "", false
	}
	return x.user.InChannel(name)
}

// Matching returns how many users of the network a ban would be about, of how many,
// and whether u is one of them.
func (s *Server) Matching(q bans.Query, u *state.User) (count, all int, self bool) {
	users := s.Network.World.Users()
	for _, o := range users {
		if q.Match(suspectOf(o)) || q.MatchName(o.Nick()) {
			count++
			self = self || o == u
		}
	}
	return count, len(users), self
}

// Suspects returns what bans see of a user, an address, or nick!user@host.
func (s *Server) Suspects(text string) (subject extban.Subject, ok bool) {
	if u := s.Network.World.User(text); u != nil {
		return suspectOf(u), true
	}
	x := &suspect{nick: "*", ident: "*", server: s.Name()}
	if p, err := bans.ParseNetwork(text); err == nil && p.IsSingleIP() {
		x.addr = p.Addr()
		x.at(hostOf(x.addr))
		x.placed(s)
		return x, true
	}
	mask := casemap.NormaliseMask(text)
	if mask == "" {
		return nil, false
	}
	who, host, _ := strings.Cut(mask, "@")
	x.nick, x.ident, _ = strings.Cut(who, "!")
	x.at(host)
	if p, err := bans.ParseNetwork(host); err == nil && p.IsSingleIP() {
		x.addr = p.Addr()
		x.placed(s)
	}
	return x, true
}

// Banner is who sets a ban, as it says.
func (r *Request) Banner() string {
	e := audit.Entry{Source: r.User.Source()}
	if o := r.User.Identity().Oper; o != nil {
		e.Oper = o.Name
	}
	return e.Who()
}
