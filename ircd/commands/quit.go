package commands

import (
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/spamfilter"
)

var _ = add(dispatch.Command{
	Name:   "QUIT",
	Always: true,
	Usage:  "[<reason>]",
	Help:   "Disconnects from the server.",
	Phase:  dispatch.AnyPhase,
	Run:    quit,
})

// quit shows the QUIT to the client if its user is logged in: the user may stay, so
// that nobody else sees it.
func quit(r *dispatch.Request) error {
	why := dispatch.Quit{Reason: "Quit"}
	if r.User != nil && r.Param(0) != "" && r.Server.Network.MayGiveReason(r.Actor()) {
		if f := r.Server.Network.Screen(r.Actor(), spamfilter.Quit, "", r.Param(0)); f == nil || !f.Refuse {
			why = dispatch.Quit{Reason: lang.Verbatim, Words: []any{r.Server.Config().Server.QuitPrefix + r.Param(0)}}
		}
	}
	if r.Account() != "" && r.User != nil {
		r.FromMe("QUIT", r.Server.Network.Words(why.Reason, why.Words...))
	}
	return why
}
