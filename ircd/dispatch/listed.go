package dispatch

import (
	"context"
	"net"
	"net/netip"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/blocklist"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
)

// configureBlocklists takes over which lists are asked.
func (s *Server) configureBlocklists(c *config.Config) {
	if s.Blocklists == nil {
		return
	}
	b := c.Blocklists
	o := blocklist.Options{Timeout: time.Duration(b.Timeout), Keep: time.Duration(b.Keep), Resolver: s.Resolver}
	if b.Server != "" {
		o.Resolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, b.Server)
		}}
	}
	for _, l := range b.Lists {
		list := blocklist.List{Zone: l.Zone}
		for _, text := range l.Replies {
			if a, err := netip.ParseAddr(text); err == nil {
				list.Replies = append(list.Replies, a)
			}
		}
		o.Lists = append(o.Lists, list)
	}
	all := queries(s.Network.World.Mapping, b.Exempt)
	s.listExempt.Store(&all)
	s.Blocklists.Configure(o)
}

// askLists begins to ask the lists about the client's address.
func (g *Registration) askLists(ctx context.Context) {
	s, addr := g.conn.Server, g.conn.Addr()
	if s.Blocklists == nil || !addr.IsValid() || g.conn.Peer.Tor || !s.Blocklists.Active() {
		return
	}
	g.lookup.Go(func() { g.listed = s.Blocklists.Check(ctx, addr) })
}

// mayEnterListed refuses a client who is on a list, if that is what the list is for.
func (r *Request) mayEnterListed(x *suspect, v bans.Verdict) error {
	s, g := r.Server, r.Registration
	if len(g.listed) == 0 || v.Exempt != nil || matchesAny(*s.listExempt.Load(), x) {
		return nil
	}
	for _, hit := range g.listed {
		for i := range s.Config().Blocklists.Lists {
			l := &s.Config().Blocklists.Lists[i]
			if l.Zone != hit.Zone {
				continue
			}
			if err := r.meetList(l, hit, x); err != nil {
				return err
			}
		}
	}
	return nil
}

// meetList does what a list is for.
func (r *Request) meetList(l *config.Blocklist, hit blocklist.Hit, x *suspect) error {
	s := r.Server
	if l.Action == "login" && x.account != "" {
		return nil
	}
	s.Log.Info("listed client", "list", l.Zone, "reply", hit.Reply.String(), "action", l.Action, "addr", r.RealAddr(), "nick", x.nick)
	if s.noted.pass(r.RealAddr(), notesPerHour, time.Now()) {
		s.Network.Inform(modes.SnoBans, "%[1]s from %[2]s is on the list %[3]s (%[4]s, %[5]s)", x.nick, r.RealAddr(), l.Zone, hit.Reply.String(), l.Action)
	}
	var why any = lang.Text("your address is on the list %s").With(l.Zone)
	if l.Reason != "" {
		why = l.Reason
	}
	switch l.Action {
	case "report":
		return nil
	case "login":
		r.Fail(accountRequired.Because("From where you are, one can connect only by logging in to an account"))
	case "ban":
		reason := l.Reason
		if reason == "" {
			reason = "listed by " + l.Zone
		}
		s.punishAddress(bans.Out, r.Addr(), bans.Ban{Reason: reason, By: "list " + l.Zone, Until: s.Now().Add(time.Duration(l.Duration))})
	}
	r.Reply(numerics.YoureBanned.With().Because("You cannot connect: %s", why))
	return Quit{Reason: "Listed: %s", Words: []any{why}}
}
