package commands

import (
	"strings"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
)

var _ = add(dispatch.Command{
	Name:  "MARKREAD",
	Usage: "<target> [<timestamp>]",
	Help:  "Says up to when you have read a channel or conversation, or asks.",
	Spec:  "https://ircv3.net/specs/extensions/read-marker",
	Quiet: true,
	Run:   markread,
})

func markread(r *dispatch.Request) error {
	target := r.Param(0)
	switch m, limits := r.Server.Network.World.Mapping, r.Server.Config().Limits; {
	case target == "":
		return numerics.NeedMore
	case !m.ValidChannel(target, limits.ChannelLength) && !m.ValidNick(target, limits.NickLength):
		return numerics.InvalidParams.With(word(target))
	}
	if len(r.Message.Params) > 1 {
		value, ok := strings.CutPrefix(r.Param(1), "timestamp=")
		t, valid := timestamp(value)
		if !ok || !valid {
			return numerics.InvalidParams.With(word(target), word(r.Param(1)))
		}
		// What is yet to be said has not been read.
		if now := r.Server.Now(); t.After(now) {
			t = now
		}
		if err := r.Server.Network.MarkRead(r.Actor(), target, t); err != nil {
			return err
		}
	}
	sendMarker(r, target)
	return nil
}

func sendMarker(r *dispatch.Request, target string) {
	m := r.Server.Network.MarkerLine(r.User, target)
	r.Session.ReplyMessage(&m)
}

// greetMarker sends one who has joined up to when the channel has been read.
func greetMarker(r *dispatch.Request, ch *state.Channel) {
	if r.Has(caps.ReadMarker) {
		sendMarker(r, ch.Name())
	}
}
