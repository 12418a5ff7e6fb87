package commands

import (
	"strings"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/numerics"
)

var (
	_ = add(dispatch.Command{
		Name:  "KICK",
		Usage: "<channel> <nick>{,<nick>} [<reason>]",
		Help:  "Removes members from a channel; needs half-operator status or higher.",
		Run:   func(r *dispatch.Request) error { return kick(r, false) },
	})
	_ = add(dispatch.Command{
		Name:  "REMOVE",
		Usage: "<channel> <nick> [<reason>]",
		Help:  "Removes a member from a channel as if by PART, so that clients do not join again by themselves.",
		Run:   func(r *dispatch.Request) error { return kick(r, true) },
	})
)

func kick(r *dispatch.Request, removed bool) error {
	channels, nicks := strings.Split(r.Param(0), ","), strings.Split(r.Param(1), ",")
	if len(channels) > 1 && len(channels) != len(nicks) {
		return numerics.NeedMoreParams.With(r.Message.Command)
	}
	limits := r.Server.Config().Limits
	reason := casemap.Truncate(r.Param(2), limits.KickLength)
	if reason == "" {
		reason = r.User.Nick()
	}
	for i, nick := range nicks {
		if i >= limits.Targets {
			return numerics.TooManyTargets.With(word(nick))
		}
		if err := kickOne(r, channels[i%len(channels)], nick, reason, removed); err != nil {
			r.Error(err)
		}
	}
	return nil
}

func kickOne(r *dispatch.Request, channel, nick, reason string, removed bool) error {
	w := r.Server.Network.World
	ch := w.Channel(channel)
	if ch == nil || !r.CanSee(ch) {
		return numerics.NoSuchChannel.With(word(channel))
	}
	target := w.User(nick)
	if target == nil {
		return numerics.NoSuchNick.With(word(nick))
	}
	return r.Server.Network.Kick(r.Actor(), target, ch, reason, removed)
}
