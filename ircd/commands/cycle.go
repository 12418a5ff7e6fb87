package commands

import (
	"strings"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
)

var _ = add(dispatch.Command{
	Name:  "CYCLE",
	Usage: "<channel>{,<channel>} [<reason>]",
	Help:  "Leaves channels and joins them again.",
	Cost:  2,
	Run:   cycle,
})

// cycle does not leave a channel that the user could not join again, other than
// for want of the key, which members know.
func cycle(r *dispatch.Request) error {
	for name := range strings.SplitSeq(r.Param(0), ",") {
		ch := r.Server.Network.World.Channel(name)
		if ch == nil {
			r.Reply(numerics.NoSuchChannel.With(word(name)))
			continue
		}
		key := ""
		ch.View(func(v state.View) { key = v.Param(modes.KeyWord) })
		if err := r.Server.Network.Part(r.Actor(), ch, r.Param(1)); err != nil {
			r.Error(err)
			continue
		}
		if err := joinOne(r, ch.Name(), key, true); err != nil {
			r.Error(err)
		}
	}
	return nil
}
