package commands

import (
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/numerics"
)

var (
	_ = add(dispatch.Command{
		Name:  "INVITE",
		Usage: "[<nick> <channel>]",
		Help:  "Invites somebody to a channel or, without parameters, lists the channels you are invited to.",
		Run:   invite,
	})
	_ = add(dispatch.Command{
		Name:  "UNINVITE",
		Usage: "<nick> <channel>",
		Help:  "Takes an invitation back.",
		Run:   uninvite,
	})
	_ = add(dispatch.Command{
		Name:  "KNOCK",
		Usage: "<channel> [<text>]",
		Help:  "Asks the operators of a channel you cannot join for an invitation.",
		Cost:  5,
		Run:   knock,
	})
)

func invite(r *dispatch.Request) error {
	if len(r.Message.Params) == 0 {
		for _, name := range r.Server.Network.Invites(r.User) {
			r.Reply(numerics.InviteItem.With(name))
		}
		r.Reply(numerics.EndOfInvites.With())
		return nil
	}
	if len(r.Message.Params) == 1 {
		return numerics.NeedMoreParams.With("INVITE")
	}
	target, err := r.Target(0)
	if err != nil {
		return err
	}
	ch, err := r.VisibleChannel(1)
	if err != nil {
		return err
	}
	if err := r.Server.Network.Invite(r.Actor(), target, ch); err != nil {
		return err
	}
	r.Reply(numerics.Inviting.With(target.Nick(), ch.Name()))
	if away := target.Identity().Away; away != "" {
		r.Reply(numerics.Away.With(target.Nick()).Fmt(away))
	}
	return nil
}

func uninvite(r *dispatch.Request) error {
	target, err := r.Target(0)
	if err != nil {
		return err
	}
	ch, err := r.VisibleChannel(1)
	if err != nil {
		return err
	}
	if err := r.Server.Network.Uninvite(r.Actor(), target, ch); err != nil {
		return err
	}
	r.Notice("The invitation of %s to %s has been taken back.", target.Nick(), ch.Name())
	return nil
}

func knock(r *dispatch.Request) error {
	ch, err := r.VisibleChannel(0)
	if err != nil {
		return err
	}
	text := r.Param(1)
	if text == "" {
		text = "has asked for an invite."
	}
	if err := r.Server.Network.Knock(r.Actor(), ch, text); err != nil {
		return err
	}
	r.Reply(numerics.KnockSent.With(ch.Name()))
	return nil
}
