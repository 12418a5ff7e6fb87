package commands

import (
	"strconv"
	"strings"

	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/privs"
)

var _ = add(dispatch.Command{
	Name:  "AUDIT",
	Usage: "[<number>] [<mask>]",
	Help:  "Shows what operators have done last, the newest at the end.",
	More: []lang.Text{
		"A mask chooses by the act (kill), the operator's name or nick, the server, or who or what it was done to. Without a number, there are 20.",
	},
	Cost:       5,
	Privileged: true, Oper: privs.Audit,
	Run: auditTrail,
})

// How many acts AUDIT shows, if it is not said, and at most.
const fewActs, manyActs = 20, 1000

func auditTrail(r *dispatch.Request) error {
	if r.Server.Acts == nil {
		r.Notice("What operators do is not kept here, only logged.")
		return nil
	}
	n, mask := fewActs, r.Param(0)
	if count, err := strconv.Atoi(mask); err == nil && count > 0 {
		n, mask = min(count, manyActs), r.Param(1)
	}
	if mask == "" {
		mask = "*"
	}
	k := r.Server.Network.World.Mapping.Compile(mask)
	found := r.Server.Acts.Last(n, func(e audit.Entry) bool { return concerns(k, e) })
	for i := len(found) - 1; i >= 0 && r.Session.Wait(); i-- {
		r.Notice(lang.Verbatim, found[i].String())
	}
	r.Notice("End of the audit: {%d act|%d acts}.", len(found))
	return nil
}

// concerns reports whether a mask matches something of an act.
func concerns(k casemap.Mask, e audit.Entry) bool {
	nick, _, _ := strings.Cut(e.Source, "!")
	return k.Match(e.Act) || k.Match(e.Oper) && e.Oper != "" || k.Match(nick) || k.Match(e.Source) || k.Match(e.Server) || k.Match(e.Target)
}
