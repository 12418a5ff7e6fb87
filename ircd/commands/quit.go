package commands

import (
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
)

var _ = add(dispatch.Command{
	Name:  "QUIT",
	Usage: "[<reason>]",
	Help:  "Disconnects from the server.",
	Phase: dispatch.AnyPhase,
	Run:   quit,
})

// quit shows the QUIT to the client if its user is logged in: the user may stay, so
// that nobody else sees it.
func quit(r *dispatch.Request) error {
	reason := r.Param(0)
	if r.User == nil || reason == "" || !r.Server.Network.MayGiveReason(r.Actor()) {
		reason = r.Server.Network.Words("Quit")
	} else {
		reason = r.Server.Config().Server.QuitPrefix + reason
	}
	if r.Account() != "" && r.User != nil {
		r.FromMe("QUIT", reason)
	}
	return dispatch.Quit{Reason: lang.Verbatim, Words: []any{reason}}
}
