package chanserv

import (
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/extban"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
)

var (
	_ = add(dispatch.Command{
		Name:  "QUIET",
		Usage: "<channel> <nick|mask> [<duration>]",
		Help:  "Lets somebody read a channel but not speak there; \"2h\" and \"7d\" are durations.",
		Run:   quiet,
	})
	_ = add(dispatch.Command{
		Name:  "UNQUIET",
		Usage: "<channel> [<nick|mask>]",
		Help:  "Lets somebody, or yourself, speak again.",
		Run: func(r *dispatch.Request) error {
			return lift(r, func(b *extban.Entry) bool { return b.Action() == extban.Mute })
		},
	})
)

func quiet(r *dispatch.Request) error {
	g, err := hold(r, chanreg.Remove)
	if err != nil {
		return err
	}
	if u := r.Server.Network.World.User(r.Param(1)); u != nil && u != r.User && g.outranks(r, u) {
		return no("%s has more access to %s than you.", u.Nick(), g.Name)
	}
	entry, err := maskOf(r, r.Param(1))
	if err != nil {
		return err
	}
	if entry.Action() != extban.Ban || entry.Expires() > 0 {
		return no("Write only whom to keep quiet; MODE +b has other kinds of bans.")
	}
	d, _ := timed(r, 2)
	mask, err := timedMask("m:"+entry.String(), d)
	if err != nil {
		return err
	}
	setModes(r, g.channel(r), mode(r.Server, modes.Ban, true, mask))
	if d == 0 {
		r.Notice("%s cannot speak in %s any more.", entry, g.Name)
	} else {
		r.Notice("%s cannot speak in %s for %s.", entry, g.Name, lang.Duration(d))
	}
	return nil
}
