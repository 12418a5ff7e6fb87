package commands

import (
	"strconv"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/numerics"
)

var _ = add(dispatch.Command{
	Name:   "LUSERS",
	Usage:  "[<mask> [<server>]]",
	Help:   "Shows how many users, operators and channels there are.",
	Server: 2,
	Run:    func(r *dispatch.Request) error { sendLusers(r); return nil },
})

func sendLusers(r *dispatch.Request) {
	c := r.Server.Network.World.Counts()
	_, unknown, most := r.Server.Counts()
	n, servers := strconv.Itoa, r.Server.Network.Reached()
	r.Reply(numerics.LuserClient.With().Fmt(c.Users-c.Invisible, c.Invisible, servers))
	r.Reply(numerics.LuserOp.With(n(c.Opers)))
	r.Reply(numerics.LuserUnknown.With(n(unknown)))
	r.Reply(numerics.LuserChannels.With(n(c.Channels)))
	r.Reply(numerics.LuserMe.With().Fmt(c.Local, servers-1))
	r.Reply(numerics.LocalUsers.With(n(c.Local), n(most)).Fmt(c.Local, most))
	r.Reply(numerics.GlobalUsers.With(n(c.Users), n(c.Max)).Fmt(c.Users, c.Max))
}
