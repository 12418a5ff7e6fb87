package commands

import (
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/state"
)

var _ = add(dispatch.Command{
	Name:  "RELAYMSG",
	Usage: "<channel> <nick> <text>",
	Help:  "Sends a channel what somebody on another network has said, under their nick there.",
	More:  []lang.Text{"It is for bridges that are operators of the channel. The nick has a separator, as in alice/matrix."},
	Spec:  "https://github.com/ircv3/ircv3-specifications/pull/417",
	Run:   relaymsg,
})

// maxRelayNick is the longest nick of somebody elsewhere, in bytes.
const maxRelayNick = 64

// relayHost is the host of everybody elsewhere. No address and no vhost is like it.
const relayHost = "relayed.invalid"

func relaymsg(r *dispatch.Request) error {
	cfg, nick := r.Server.Config().Channels, r.Param(1)
	if cfg.Relaymsg == "off" {
		return numerics.UnknownCommand.With(r.Message.Command)
	}
	ch, err := r.VisibleChannel(0)
	switch {
	case err != nil:
		return err
	case !mayRelay(r, ch, cfg.Relaymsg == "chanops"):
		return numerics.RelayPrivileges
	case !casemap.ValidRelayNick(nick, cfg.RelaymsgSeparators, maxRelayNick):
		return numerics.RelayNick
	case r.Param(2) == "":
		return numerics.RelayBlank
	}
	return r.Server.Network.Say(r.Actor(), ch, event.MessageSent{
		Command: "PRIVMSG",
		Text:    r.Param(2),
		Tags:    clientTags(r),
		// As role play, it says to every client who is behind it.
		Shown:   nick + "!" + r.User.Nick() + "@" + relayHost,
		Relayer: r.User.Nick(),
	})
}

// mayRelay reports whether the client may relay to the channel.
func mayRelay(r *dispatch.Request, ch *state.Channel, chanops bool) (ok bool) {
	if r.May(privs.Override) {
		return true
	}
	ch.View(func(v state.View) { ok = chanops && v.Member(r.User).AtLeast(modes.Operator) })
	return ok
}
