package chanserv

import (
	"strconv"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
)

var _ = add(dispatch.Command{
	Name:  "LOG",
	Usage: "<channel> [<number>]",
	Help:  "Shows who has changed the access, settings and automatic kicks of a channel last: 10 of them, or a number up to 50.",
	Run:   showLog,
})

func showLog(r *dispatch.Request) error {
	g, err := hold(r, chanreg.Access, chanreg.Set)
	if err != nil {
		return err
	}
	n := 10
	if word := r.Param(1); word != "" {
		if n, err = strconv.Atoi(word); err != nil || n < 1 {
			return no("%s is not a number.", word)
		}
	}
	acts := g.Acts[max(0, len(g.Acts)-n):]
	for _, a := range acts {
		r.Notice("%s  %s: %s", lang.Date(a.At), a.By, a.What)
	}
	r.Notice("{%d change|%d changes} of %s.", len(acts), g.Name)
	return nil
}

// longest is how many bytes of what somebody has written are kept.
const longest = 200

// act is what the client does now.
func act(r *dispatch.Request) chanreg.Act {
	by := r.Account()
	if by == "" {
		by = r.User.Nick() // an operator of the network
	}
	what := r.Command.Name
	if name := r.Message.Command; name != "" {
		what = name
	}
	if len(r.Message.Params) > 1 {
		what += " " + r.Rest(1)
	}
	return chanreg.Act{At: r.Server.Now(), By: by, What: casemap.Truncate(what, longest)}
}

// report tells the operators of a channel what was changed, if they want that.
func report(r *dispatch.Request, rec *chanreg.Record, a chanreg.Act) {
	if !rec.On("verbose") {
		return
	}
	ch := present(r.Server, rec)
	for _, m := range members(ch) {
		if m.User != r.User && m.AtLeast(modes.Operator) {
			r.Server.Network.Notify(actor(r), m.User, lang.Verbatim, "["+rec.Name+"] "+a.By+": "+a.What)
		}
	}
}
