package commands

import (
	"slices"
	"strings"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
)

var (
	_ = add(dispatch.Command{
		Name:  "PRIVMSG",
		Usage: "<target>{,<target>} <text>",
		Help:  "Sends a message to channels and users.",
		Quiet: true,
		Flows: true,
		Run:   privmsg,
	})
	_ = add(dispatch.Command{
		Name:  "NOTICE",
		Usage: "<target>{,<target>} <text>",
		Help:  "Sends a message that must not be answered automatically.",
		Quiet: true,
		Flows: true,
		Run:   privmsg,
	})
	_ = add(dispatch.Command{
		Name:  "TAGMSG",
		Usage: "<target>{,<target>}",
		Help:  "Sends only tags, such as that you are typing.",
		Spec:  "https://ircv3.net/specs/extensions/message-tags",
		Quiet: true,
		Flows: true,
		Run:   privmsg,
	})
)

func privmsg(r *dispatch.Request) error {
	b := event.MessageSent{Command: r.Message.Command, Text: r.Param(1), Tags: clientTags(r)}
	switch {
	case r.Param(0) == "":
		return quietly(b, numerics.NoRecipient.With().Fmt(b.Command))
	case b.Command == "TAGMSG" && len(b.Tags) == 0:
		return nil
	case b.Command != "TAGMSG" && b.Text == "":
		return quietly(b, numerics.NoTextToSend.With())
	}
	left := r.Server.Config().Limits.Targets
	var told []casemap.Folded // of several: whoever is named again has read it
	several := strings.Contains(r.Param(0), ",")
	for target := range strings.SplitSeq(r.Param(0), ",") {
		if left--; left < 0 {
			return quietly(b, numerics.TooManyTargets.With(word(target)))
		}
		if several {
			name := r.Server.Network.World.Mapping.Fold(target)
			if slices.Contains(told, name) {
				continue
			}
			told = append(told, name)
		}
		if err := quietly(b, send(r, target, b)); err != nil {
			r.Error(err)
		}
	}
	return nil
}

// quietly drops an error that a NOTICE has caused: nothing answers a NOTICE.
func quietly(b event.MessageSent, err error) error {
	if b.Command == "NOTICE" {
		return nil
	}
	return err
}

func send(r *dispatch.Request, target string, b event.MessageSent) error {
	n := r.Server.Network
	name := target
	for name != "" && n.World.Modes.ByPrefix(name[0]) != nil {
		b.Status, name = name[0], name[1:]
	}
	if casemap.IsChannel(name) {
		ch := n.World.Channel(name)
		if ch == nil {
			return numerics.NoSuchChannel.With(word(name))
		}
		if err := n.Say(r.Actor(), ch, b); err != nil || b.Command != "PRIVMSG" {
			return err
		}
		return r.Overhear(ch, b.Text)
	}
	if target == playbackNick && b.Command == "PRIVMSG" {
		return zncPlayback(r, strings.Fields(b.Whole()))
	}
	if v := r.Server.Service(target); v != nil {
		if b.Command != "PRIVMSG" {
			return nil
		}
		return r.Ask(v, strings.Fields(b.Whole()))
	}
	u := n.World.User(target)
	b.Status = 0
	if u == nil {
		return sendToOwner(r, target, b)
	}
	return sendTo(r, u, b)
}

// sendToOwner sends a message to whom a nick belongs that nobody has now: who is online
// by another nick, or reads it later.
func sendToOwner(r *dispatch.Request, nick string, b event.MessageSent) error {
	account := r.Server.AccountOf(nick)
	if account == "" {
		return noSuchTarget(r, nick)
	}
	if u := r.Server.Network.UserOf(account); u != nil {
		return sendTo(r, u, b)
	}
	if !r.Server.Network.TellAbsent(r.Actor(), account, b) {
		return noSuchTarget(r, nick)
	}
	if b.Command == "PRIVMSG" {
		r.Reply(numerics.Away.With(account).Because("Not connected, and will read this later"))
	}
	return nil
}

func sendTo(r *dispatch.Request, u *state.User, b event.MessageSent) error {
	away, err := r.Server.Network.Tell(r.Actor(), u, b)
	if err == nil && away != "" && b.Command == "PRIVMSG" {
		r.Reply(numerics.Away.With(u.Nick()).Fmt(away))
	}
	return err
}

// noSuchTarget says that nobody has this nick, also why if it is one that is relayed.
func noSuchTarget(r *dispatch.Request, nick string) error {
	err := numerics.NoSuchNick.With(word(nick))
	cfg := r.Server.Config().Channels
	if cfg.Relaymsg != "off" && strings.ContainsAny(nick, cfg.RelaymsgSeparators) {
		return err.Because("This nick is on another network, from which only channels are relayed")
	}
	return err
}
