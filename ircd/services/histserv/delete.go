package histserv

import (
	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/privs"
)

var _ = add(dispatch.Command{
	Name:  "DELETE",
	Usage: "<msgid> [<reason>]",
	Help:  "Deletes a message that you have said, wherever that was.",
	More:  []lang.Text{"Operators of the network may delete any message that was said in a channel."},
	Cost:  2,
	Run:   remove,
})

func remove(r *dispatch.Request) error {
	n, id := r.Server.Network, r.Param(0)
	oper := r.May(privs.Override)
	if !oper && !r.Server.Config().History.Redact {
		return no("Messages are not deleted on this server.")
	}
	reason := r.Rest(1)
	switch {
	case n.RedactOwn(r.Actor(), id, reason):
	case oper && n.RedactAny(r.Actor(), id, reason):
		r.Audit(audit.Redact, id, "")
	default:
		return no("There is no message of yours with this msgid, or it is too late.")
	}
	r.Notice("The message is deleted.")
	return nil
}
