package commands

import (
	"strconv"
	"time"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/numerics"
)

var (
	_ = add(dispatch.Command{
		Name:  "LINKS",
		Usage: "[[<server>] <mask>]",
		Help:  "Lists the servers of the network, to operators.",
		Run:   links,
	})
	_ = add(dispatch.Command{
		Name:   "MAP",
		Usage:  "[<server>]",
		Help:   "Shows the servers of the network as one of them sees it, to operators: how many users they have, and how well they are linked.",
		Server: 1,
		Run:    showMap,
	})
)

// links tells only operators where the servers are: it is a map for attackers. Every
// server is linked to every other, so that all are one hop away.
func links(r *dispatch.Request) error {
	mask := r.Param(0)
	if r.Param(1) != "" {
		mask = r.Param(1) // every server knows the answer
	}
	if mask == "" {
		mask = "*"
	}
	if r.User.Identity().IsOper() {
		wanted, here := r.Server.Network.World.Mapping.Compile(mask), r.Server.Name()
		for _, s := range r.Server.Network.Sites() {
			if s.Up && wanted.Match(s.Name) {
				r.Reply(numerics.Links.With(s.Name, here).Fmt(hops(s), s.Description))
			}
		}
	}
	r.Reply(numerics.EndOfLinks.With(word(mask)))
	return nil
}

func hops(s network.Site) int {
	if s.Here {
		return 0
	}
	return 1
}

func showMap(r *dispatch.Request) error {
	if r.User.Identity().IsOper() {
		for _, s := range r.Server.Network.Sites() {
			r.Reply(numerics.Map.With().Fmt(site(r, s)))
		}
	}
	r.Reply(numerics.MapEnd.With())
	return nil
}

// site describes a server in a line.
func site(r *dispatch.Request, s network.Site) lang.Phrase {
	users := lang.Text("{%d user|%d users}").With(s.Users)
	up := r.Server.Network.Uptime(s)
	switch {
	case s.Here && s.Draining != "":
		return lang.Text("%s: %s, up %v, takes no new clients: %s").With(s.Name, users, up, s.Draining)
	case s.Here:
		return lang.Text("%s: %s, up %v").With(s.Name, users, up)
	case s.Held:
		return lang.Text("`- %s: unlinked by an operator, see CONNECT").With(s.Name)
	case !s.Up:
		return lang.Text("`- %s: out of reach for %v: %s").With(s.Name, since(r, s.Since), s.Reason)
	case !s.InStep:
		return lang.Text("`- %s: linked, being brought into step").With(s.Name)
	case s.Draining != "":
		return lang.Text("`- %s: %s, up %v, %s, takes no new clients: %s").With(s.Name, users, up, health(r, s), s.Draining)
	}
	return lang.Text("`- %s: %s, up %v, %s").With(s.Name, users, up, health(r, s))
}

// health describes the link to a server.
func health(r *dispatch.Request, s network.Site) lang.Phrase {
	return lang.Text("linked for %v, %s ms there and back, %d KiB waiting").With(since(r, s.Since), latency(s), s.Queued>>10)
}

func latency(s network.Site) string {
	return strconv.FormatFloat(float64(s.Latency.Microseconds())/1000, 'f', 1, 64)
}

// statsLinks shows a line for each other server: what waits to be sent to it, in bytes, and
// for how many seconds it has been linked, or not.
func statsLinks(r *dispatch.Request, _ stat) {
	for _, s := range r.Server.Network.Sites() {
		if !s.Here {
			seconds := int(since(r, s.Since).Seconds())
			r.Reply(numerics.StatsLink.With(s.Name, strconv.FormatInt(s.Queued, 10), strconv.Itoa(seconds)).Fmt(traffic(s)))
		}
	}
}

// traffic describes what a link carries.
func traffic(s network.Site) lang.Phrase {
	switch {
	case s.Held:
		return lang.Text("unlinked by an operator, see CONNECT").With()
	case !s.Up:
		return lang.Text("out of reach: %s").With(s.Reason)
	}
	return lang.Text("linked, %s ms there and back, %d KiB sent, %d KiB received").With(latency(s), s.Sent>>10, s.Received>>10)
}

func since(r *dispatch.Request, t time.Time) time.Duration {
	if t.IsZero() {
		return 0
	}
	return max(r.Server.Now().Sub(t).Round(time.Second), 0)
}
