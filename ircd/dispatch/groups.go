package dispatch

import (
	"context"
	"strings"
	"sync/atomic"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/reputation"
	"github.com/parley-irc/parley/ircd/state"
)

// The security groups that are there without being configured.
const (
	groupKnown      = "known-users"
	groupUnknown    = "unknown-users"
	groupRegistered = "registered-users"
	groupTLS        = "tls-users"
	groupWebSocket  = "websocket-users"
	groupWebIRC     = "webirc-users"
	groupTor        = "tor-users"
)

// A group is a security group of the configuration.
type group struct {
	name             string
	members, exclude []bans.Query
	knownFor         time.Duration
}

type groups = atomic.Pointer[[]group]

// configureGroups takes over the security groups of the configuration.
func (s *Server) configureGroups(c *config.Config) {
	m := s.Network.World.Mapping
	all := make([]group, 0, len(c.SecurityGroups))
	for _, g := range c.SecurityGroups {
		all = append(all, group{g.Name, queries(m, g.Members), queries(m, g.Exclude), time.Duration(g.KnownFor)})
	}
	s.groups.Store(&all)
}

// keys are what the client is known by: its account, and the address that it shares with
// nobody but its household.
func (c *Conn) keys(account string) (keys []reputation.Key) {
	s := c.Server
	if account != "" {
		keys = append(keys, s.Reputation.Account(s.Network.World.Mapping.Fold(account)))
	}
	if addr := c.Addr(); addr.IsValid() && !c.Peer.Tor {
		keys = append(keys, s.Reputation.Address(addr))
	}
	return keys
}

// knownFor is for how long the network has known who is behind the client: the account,
// if that is older, or the time of having been connected.
func (c *Conn) knownFor(account string) time.Duration {
	s, age := c.Server, time.Duration(0)
	if account != "" && s.Accounts != nil {
		if since := s.RegisteredSince(account); !since.IsZero() {
			age = s.Now().Sub(since)
		}
	}
	if s.Reputation == nil {
		return age
	}
	return max(age, s.Reputation.Known(c.keys(account)...))
}

// groupsOf returns the security groups of who is behind the client, separated by spaces.
func (c *Conn) groupsOf(x *suspect) string {
	s := c.Server
	known, in := c.knownFor(x.account), groupUnknown
	if s.Reputation == nil || known >= time.Duration(s.Config().Newcomers.KnownAfter) {
		in = groupKnown
	}
	names := []string{in}
	for _, g := range [...]struct {
		in   bool
		name string
	}{
		{x.account != "", groupRegistered}, {x.secure, groupTLS}, {c.Peer.WebSocket, groupWebSocket},
		{c.Peer.Gateway != "", groupWebIRC}, {c.Peer.Tor, groupTor},
	} {
		if g.in {
			names = append(names, g.name)
		}
	}
	for _, g := range *s.groups.Load() {
		x.groups = strings.Join(names, " ")
		if !matchesAny(g.exclude, x) && (matchesAny(g.members, x) || g.knownFor > 0 && known >= g.knownFor) {
			names = append(names, g.name)
		}
	}
	return strings.Join(names, " ")
}

func matchesAny(all []bans.Query, x *suspect) bool {
	for _, q := range all {
		if q.Match(x) {
			return true
		}
	}
	return false
}

// Groups returns the security groups of a client that is about to be registered.
func (r *Request) Groups(host, ident string) string {
	return r.newcomer(host, ident).groups
}

// settleGroups says in which groups the user of the client is now.
func (c *Conn) settleGroups(u *state.User) {
	x := c.suspect(u)
	if now := c.groupsOf(x); now != u.Identity().Person.Groups {
		c.Server.Network.SetGroups(u, now)
	}
}

// IsNewcomer reports whether a user of this server is one who is not known yet.
func (s *Server) IsNewcomer(u *state.User) bool {
	return !u.InGroup(groupKnown) && !u.Identity().IsOper()
}

const (
	// creditEvery is how often those who are here become better known.
	creditEvery = time.Minute
	// keepNamesEvery is how often that is stored.
	keepNamesEvery = 15 * time.Minute
)

// A register is what the server does by itself about reputations. It is used by Watch.
type register struct {
	credited, kept time.Time
	busy           atomic.Bool
}

// tendNames lets those who are connected become better known. It does not wait.
func (s *Server) tendNames(ctx context.Context, now time.Time) {
	g := &s.register
	if s.Reputation == nil || now.Sub(g.credited) < creditEvery || !g.busy.CompareAndSwap(false, true) {
		return
	}
	g.credited = now
	keep := now.Sub(g.kept) >= keepNamesEvery
	if keep {
		g.kept = now
	}
	go func() {
		defer g.busy.Store(false)
		s.creditAll()
		if !keep {
			return
		}
		s.Reputation.Expire(s.Now())
		if err := s.Reputation.Keep(ctx); err != nil && ctx.Err() == nil {
			s.Log.Warn("reputations are not stored now", "error", err)
		}
	}()
}

func (s *Server) creditAll() {
	here := map[reputation.Key]struct{}{}
	conns := s.Conns()
	for _, c := range conns {
		if u := c.Online(); u != nil {
			for _, k := range c.keys(u.Account()) {
				here[k] = struct{}{}
			}
		}
	}
	s.Reputation.Credit(here, s.Now())
	for _, c := range conns {
		if u := c.Online(); u != nil {
			c.settleGroups(u)
		}
	}
}

// KnownFor returns for how long a user of this server has been known; ok is false for
// others.
func (s *Server) KnownFor(u *state.User) (d time.Duration, ok bool) {
	for _, x := range u.Sessions() {
		if c, here := x.Owner().(*Conn); here && s.Reputation != nil {
			d, ok = max(d, c.knownFor(u.Account())), true
		}
	}
	return d, ok
}

// ForgetName removes what is known of an account that is gone.
func (s *Server) ForgetName(account string) {
	if s.Reputation != nil {
		s.Reputation.Forget(s.Reputation.Account(s.Network.World.Mapping.Fold(account)))
	}
}
