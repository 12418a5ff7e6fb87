package commands

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/state"
)

var _ = add(dispatch.Command{
	Name:       "TRACE",
	Usage:      "[<server> [<mask>]]",
	Help:       "Lists the connections of a server: who it is, from where, since when and how long idle.",
	More:       []lang.Text{"A mask chooses by nick!user@host. A nick in place of the server stands for the server it is on."},
	Cost:       5,
	Privileged: true, Oper: privs.Stats,
	Server: 1,
	Run:    trace,
})

func trace(r *dispatch.Request) error {
	r.Server.Network.Inform(modes.SnoStats, "%[1]s asks %[2]s for TRACE", r.User.Source(), r.Server.Name())
	mask := r.Param(1)
	if mask == "" {
		mask = "*"
	}
	k := r.Server.Network.World.Mapping.Compile(mask)
	all := r.Server.Conns()
	slices.SortFunc(all, func(a, b *dispatch.Conn) int { return cmp.Compare(a.Number(), b.Number()) })
	for _, c := range all {
		switch u := c.Online(); {
		case !r.Session.Wait():
			return nil
		case u == nil && mask == "*":
			since := lang.Text("connecting for %s").With(lang.Duration(time.Since(c.Born())))
			r.Reply(numerics.TraceUnknown.With("????", "unknown", strconv.FormatUint(c.Number(), 10)).Fmt(since))
		case u != nil && k.Match(u.Source()):
			r.Reply(traced(r, c, u))
		}
	}
	for _, s := range r.Server.Network.Sites() {
		if s.Up && !s.Here && mask == "*" {
			r.Reply(numerics.TraceServer.With("Serv", "servers", s.Name).Fmt(lang.Text("{%d user|%d users}").With(s.Users)))
		}
	}
	r.Reply(numerics.TraceEnd.With(r.Server.Name(), r.Server.Version))
	return nil
}

// traced describes a connection. Its class is how it is connected or, of an operator,
// that of the operator.
func traced(r *dispatch.Request, c *dispatch.Conn, u *state.User) numerics.Reply {
	id := u.Identity()
	addr := id.Host
	if r.May(privs.Spy) || u == r.User {
		addr = c.RealAddr()
	}
	about := lang.Text("from %s for %s, idle for %s").With(addr, lang.Duration(time.Since(c.Born())), lang.Duration(r.Server.Network.Idle(u)))
	if viewerOf(r).isOper(u, id) {
		return numerics.TraceOperator.With("Oper", id.Oper.Class, id.Source()).Fmt(about)
	}
	return numerics.TraceUser.With("User", transport(c), id.Source()).Fmt(about)
}
