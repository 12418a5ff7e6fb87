package commands

import (
	"cmp"
	"runtime"
	"slices"
	"strconv"
	"time"

	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/defcon"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/state"
)

var _ = add(dispatch.Command{
	Name:   "STATS",
	Usage:  "[<letter> [<server>]]",
	Help:   "Shows how the server does: without a letter, which there are.",
	Cost:   3,
	Server: 2,
	Run:    stats,
})

// A stat is what STATS shows for a letter.
type stat struct {
	letter byte
	help   lang.Text
	// open means that everybody may see it; otherwise it takes the privilege.
	open bool
	by   privs.Privilege
	show func(r *dispatch.Request, x stat)
}

// statsTable returns the table, which the compiler would not let be a variable: it
// shows itself.
func statsTable() []stat {
	return []stat{
		{letter: 'u', help: "how long the server has been up", open: true, show: statsUptime},
		{letter: 'p', help: "the operators who are here", open: true, show: statsOpers},
		{letter: 'a', help: "accounts and registered channels", by: privs.Stats, show: statsRegistered},
		{letter: 'c', help: "the links to other servers, and what waits to be sent to them", by: privs.Stats, show: statsLinks},
		{letter: 'd', help: "how alert the network is", by: privs.Stats, show: statsAlert},
		{letter: 'e', help: "exemptions from bans", by: privs.Ban, show: statsBans(bans.Exempt)},
		{letter: 'i', help: "limits of connections", by: privs.Stats, show: statsLimits},
		{letter: 'k', help: "bans", by: privs.Ban, show: statsBans(bans.Out)},
		{letter: 'l', help: "connections, and what waits to be sent to them", by: privs.Stats, show: statsConnections},
		{letter: 'm', help: "commands, and how often they were given", by: privs.Stats, show: statsCommands},
		{letter: 'o', help: "operators of the configuration", by: privs.Stats, show: statsBlocks},
		{letter: 'P', help: "where the server listens", by: privs.Stats, show: statsPorts},
		{letter: 'q', help: "reserved nicks and channels", by: privs.Ban, show: statsBans(bans.Reserve)},
		{letter: 'R', help: "who has to log in", by: privs.Ban, show: statsBans(bans.Login)},
		{letter: 's', help: "shuns", by: privs.Ban, show: statsBans(bans.Shun)},
		{letter: 'z', help: "memory", by: privs.Stats, show: statsMemory},
	}
}

func stats(r *dispatch.Request) error {
	letter, table := r.Param(0), statsTable()
	if letter == "" {
		for _, x := range table {
			r.Reply(numerics.StatsDebug.With(string(x.letter)).Fmt(x.help))
		}
		r.Reply(numerics.EndOfStats.With("*"))
		return nil
	}
	i := slices.IndexFunc(table, func(x stat) bool { return x.letter == letter[0] })
	switch {
	case i < 0:
	case table[i].open || r.May(table[i].by):
		r.Server.Network.Inform(modes.SnoStats, "%[1]s asks %[2]s for STATS %[3]s", r.User.Source(), r.Server.Name(), letter[:1])
		table[i].show(r, table[i])
	case r.User.Identity().IsOper():
		r.Reply(numerics.NoPrivs.With(table[i].by.String()))
	default:
		r.Reply(numerics.NoPrivileges.With())
	}
	r.Reply(numerics.EndOfStats.With(word(letter)))
	return nil
}

// line sends a line of a stat.
func (x stat) line(r *dispatch.Request, text lang.Text, words ...any) {
	r.Reply(numerics.StatsDebug.With(string(x.letter)).Fmt(text.With(words...)))
}

func statsUptime(r *dispatch.Request, _ stat) {
	r.Reply(numerics.StatsUptime.With().Fmt(lang.Duration(r.Server.Now().Sub(r.Server.Started))))
}

func statsOpers(r *dispatch.Request, x stat) {
	v, n := viewerOf(r), 0
	users := r.Server.Network.World.Users()
	slices.SortFunc(users, func(a, b *state.User) int { return cmp.Compare(a.Nick(), b.Nick()) })
	for _, u := range users {
		id := u.Identity()
		if !v.isOper(u, id) {
			continue
		}
		n++
		title := lang.Text("is an operator of the network").With()
		if id.Oper.Title != "" {
			title = lang.Text("is %s").With(id.Oper.Title)
		}
		x.line(r, "%s (%s@%s) %s", id.Nick, id.Ident, id.Host, title)
	}
	x.line(r, "{%d operator|%d operators}", n)
}

func statsRegistered(r *dispatch.Request, x stat) {
	if s := r.Server.Accounts; s != nil {
		x.line(r, "{%d account|%d accounts}", s.Count())
	}
	if s := r.Server.Channels; s != nil {
		n := 0
		for _, rec := range s.All() {
			if rec.Registered() {
				n++
			}
		}
		x.line(r, "{%d registered channel|%d registered channels}", n)
	}
}

func statsAlert(r *dispatch.Request, x stat) {
	now := r.Server.Defcon.State()
	x.line(r, "DEFCON %d: %s", now.Level, defcon.Level(now.Level).Help)
}

func statsLimits(r *dispatch.Request, x stat) {
	c := r.Server.Config().Connections
	clients, unknown, most := r.Server.Counts()
	x.line(r, "{%d client|%d clients}, %d connecting, %d at most so far", clients, unknown, most)
	if !c.Enabled {
		x.line(r, "Connections are not counted by address")
		return
	}
	x.line(r, "Of one address: %d at a time, %d new ones within %v", c.PerAddress, c.Rate, time.Duration(c.Window))
	x.line(r, "An address is /%d of IPv4 and /%d of IPv6", c.IPv4Prefix, c.IPv6Prefix)
	for _, e := range c.Exempt {
		x.line(r, "Not counted: %s", e)
	}
}

// statsBans shows the bans of an action.
func statsBans(a bans.Action) func(r *dispatch.Request, x stat) {
	return func(r *dispatch.Request, x stat) {
		if r.Server.Bans == nil {
			return
		}
		n := 0
		for _, b := range r.Server.Bans.List() {
			if b.Action != a {
				continue
			}
			if n++; n > mostListed || !r.Session.Wait() {
				x.line(r, "There are more; UBAN LIST finds those that fit a mask")
				return
			}
			r.Reply(numerics.StatsKLine.With(string(x.letter), b.Target, b.ID, strconv.FormatInt(b.Hits.Count, 10)).Fmt(whole(b)))
		}
	}
}

func statsConnections(r *dispatch.Request, x stat) {
	all := r.Server.Conns()
	slices.SortFunc(all, func(a, b *dispatch.Conn) int { return cmp.Compare(a.Number(), b.Number()) })
	for _, c := range all {
		u := c.Online()
		if u == nil || !r.Session.Wait() {
			continue
		}
		since := int(time.Since(c.Born()).Seconds())
		r.Reply(numerics.StatsLink.With(u.Source(), strconv.Itoa(c.Session.Queued()), strconv.Itoa(since)).Fmt(transport(c)))
	}
}

// transport says how a client is connected.
func transport(c *dispatch.Conn) string {
	how := "plain"
	if c.Peer.Secure {
		how = "tls"
	}
	if c.Peer.WebSocket {
		how += "-websocket"
	}
	return how
}

func statsCommands(r *dispatch.Request, _ stat) {
	for _, c := range r.Server.Commands.Sorted() {
		if n := c.Used(); n > 0 {
			r.Reply(numerics.StatsCommand.With(c.Name, strconv.FormatUint(n, 10)))
		}
	}
}

func statsBlocks(r *dispatch.Request, _ stat) {
	for _, o := range r.Server.Config().Opers {
		host := "*"
		if len(o.From) > 0 {
			host = o.From[0]
		}
		r.Reply(numerics.StatsOLine.With("o", host, "*", o.Name, o.Class))
	}
}

func statsPorts(r *dispatch.Request, x stat) {
	if r.Server.Ports == nil {
		return
	}
	for _, line := range r.Server.Ports() {
		x.line(r, lang.Verbatim, line)
	}
}

func statsMemory(r *dispatch.Request, x stat) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	x.line(r, "{%d byte|%d bytes} in use, of %d from the system", int(m.HeapAlloc), int(m.Sys))
	x.line(r, "{%d goroutine|%d goroutines}, %d collections of garbage", runtime.NumGoroutine(), int(m.NumGC))
}
