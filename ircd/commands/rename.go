package commands

import (
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
)

var _ = add(dispatch.Command{
	Name:  "RENAME",
	Usage: "<channel> <new-name> [<reason>]",
	Help:  "Gives a channel another name; needs operator status or, in a registered channel, its founder.",
	More:  []lang.Text{"Members, modes, lists and topic stay as they are. For a while, who joins the old name is led to the new one."},
	Spec:  "https://ircv3.net/specs/extensions/channel-rename",
	Cost:  5,
	Run:   rename,
})

func rename(r *dispatch.Request) error {
	ch, err := r.VisibleChannel(0)
	if err != nil {
		return err
	}
	name, limits := r.Param(1), r.Server.Config().Limits
	if !r.Server.Network.World.Mapping.ValidChannel(name, limits.ChannelLength) {
		return numerics.Fail{Code: "CANNOT_RENAME", Text: "The new name is not a valid channel name"}.With(ch.Name(), word(name))
	}
	return r.Server.Network.Rename(r.Actor(), ch, name, casemap.Truncate(r.Param(2), limits.KickLength))
}
