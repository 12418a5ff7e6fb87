package commands

import (
	"strings"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/numerics"
)

var _ = add(dispatch.Command{
	Name:   "PART",
	Always: true,
	Usage:  "<channel>{,<channel>} [<reason>]",
	Help:   "Leaves channels.",
	Run:    part,
})

func part(r *dispatch.Request) error {
	for name := range strings.SplitSeq(r.Param(0), ",") {
		if name == "" {
			continue
		}
		ch := r.Server.Network.World.Channel(name)
		if ch == nil {
			r.Reply(numerics.NoSuchChannel.With(word(name)))
			continue
		}
		if err := r.Server.Network.Part(r.Actor(), ch, r.Param(1)); err != nil {
			r.Error(err)
		}
	}
	return nil
}
