package commands

import (
	"strings"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
)

var (
	_ = add(dispatch.Command{
		Name:  "USERHOST",
		Usage: "<nick> [<nick>...]",
		Help:  "Shows the hosts of up to five users.",
		Run: func(r *dispatch.Request) error {
			return userhost(r, numerics.UserHost, func(_ viewer, _ *state.User, id *state.Identity) string { return id.Host })
		},
	})
	_ = add(dispatch.Command{
		Name:  "USERIP",
		Usage: "<nick> [<nick>...]",
		Help:  "Shows the addresses of up to five users, as far as you may see them.",
		Run:   func(r *dispatch.Request) error { return userhost(r, numerics.UserIP, viewer.ip) },
	})
	_ = add(dispatch.Command{
		Name:  "ISON",
		Usage: "<nick> [<nick>...]",
		Help:  "Shows which of the users are online.",
		More:  []lang.Text{"MONITOR tells you without being asked again."},
		Run:   ison,
	})
)

// maxUserhosts is how many nicks one USERHOST takes.
// https://modern.ircdocs.horse/#userhost-message
const maxUserhosts = 5

func userhost(r *dispatch.Request, n *numerics.Numeric, host func(viewer, *state.User, *state.Identity) string) error {
	v, nicks := viewerOf(r), givenNicks(r)
	var found []string
	for _, nick := range nicks[:min(len(nicks), maxUserhosts)] {
		u := r.Server.Network.World.User(nick)
		if u == nil {
			continue
		}
		id := u.Identity()
		oper, here := "", "+"
		if v.isOper(u, id) {
			oper = "*"
		}
		if id.Away != "" {
			here = "-"
		}
		found = append(found, id.Nick+oper+"="+here+id.Ident+"@"+host(v, u, id))
	}
	replyAll(r, n, found)
	return nil
}

func ison(r *dispatch.Request) error {
	var online []string
	for _, nick := range givenNicks(r) {
		if u := r.Server.Network.World.User(nick); u != nil {
			online = append(online, u.Nick())
		}
	}
	replyAll(r, numerics.IsOn, online)
	return nil
}

// givenNicks returns the nicks, whether they came as one parameter or as several.
func givenNicks(r *dispatch.Request) []string {
	return strings.Fields(strings.Join(r.Message.Params, " "))
}

// replyAll sends a numeric that lists words, even if there are none.
func replyAll(r *dispatch.Request, n *numerics.Numeric, words []string) {
	if len(words) == 0 {
		r.Reply(n.With(""))
		return
	}
	replyLines(r, n.With(), " ", words)
}
