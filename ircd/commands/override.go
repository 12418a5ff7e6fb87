package commands

import (
	"strings"

	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/state"
)

var (
	_ = add(dispatch.Command{
		Name:       "SAMODE",
		Usage:      "<target> <modes> [<parameter>...]",
		Help:       "Changes modes of a channel as if you were its operator, or of another user.",
		More:       []lang.Text{"Whoever hides being an operator (mode H) acts in the name of the server."},
		Privileged: true, Oper: privs.Override,
		Run: samode,
	})
	_ = add(dispatch.Command{
		Name:       "SATOPIC",
		Usage:      "<channel> <topic>",
		Help:       "Changes the topic of a channel, whatever its modes.",
		Privileged: true, Oper: privs.Override,
		Run: satopic,
	})
	_ = add(dispatch.Command{
		Name:       "SAKICK",
		Usage:      "<channel> <nick> [<reason>]",
		Help:       "Removes a member from a channel, whatever the member's status.",
		Privileged: true, Oper: privs.Override,
		Run: sakick,
	})
)

// overrider is who acts in a channel by the privilege: the operator or, if that is
// hidden, the server.
func overrider(r *dispatch.Request) network.Actor {
	if r.User.Has(modes.HideOper) {
		return network.Actor{}
	}
	by := r.Actor()
	by.Force = true
	return by
}

func samode(r *dispatch.Request) error {
	if !casemap.IsChannel(r.Param(0)) {
		return samodeUser(r)
	}
	ch, err := r.Channel(0)
	if err != nil {
		return err
	}
	t := r.Server.Network.World.Modes
	changes, problems := t.Parse(r.Message.Params[1:], r.Server.Config().Limits.Modes)
	for _, p := range problems {
		r.Reply(problem(ch.Name(), p))
	}
	set := changes[:0]
	for _, c := range changes {
		if !c.Query && !c.Fixed {
			set = append(set, c)
		}
	}
	if len(set) == 0 {
		return nil
	}
	r.Audit(audit.Mode, ch.Name(), strings.Join(r.Message.Params[1:2], " "))
	for _, err := range r.Server.Network.ChangeModes(overrider(r), ch, set, true) {
		r.Error(err)
	}
	return nil
}

// samodeUser changes the modes of another user, but for those by which operators are
// made and heard.
func samodeUser(r *dispatch.Request) error {
	u, err := r.Target(0)
	if err != nil {
		return err
	}
	changes, problems := r.Server.Network.UserModes.Parse(r.Message.Params[1:], r.Server.Config().Limits.Modes)
	for _, p := range problems {
		r.Reply(numerics.UnknownUMode.With().Fmt(string(p.Letter)))
	}
	set := changes[:0]
	for _, c := range changes {
		if !c.Fixed && !c.Oper {
			set = append(set, c)
		}
	}
	if len(set) == 0 {
		return nil
	}
	r.Audit(audit.Mode, u.Nick(), r.Param(1))
	r.Server.Network.ChangeUserModes(overrider(r), u, set)
	followCloak(r, u)
	return nil
}

func satopic(r *dispatch.Request) error {
	ch, err := r.Channel(0)
	if err != nil {
		return err
	}
	text := casemap.Truncate(r.Param(1), r.Server.Config().Limits.TopicLength)
	r.Audit(audit.Topic, ch.Name(), "")
	return r.Server.Network.SetTopic(overrider(r), ch, text, true)
}

func sakick(r *dispatch.Request) error {
	ch, err := r.Channel(0)
	if err != nil {
		return err
	}
	u, err := r.Target(1)
	if err != nil {
		return err
	}
	reason := casemap.Truncate(r.Param(2), r.Server.Config().Limits.KickLength)
	if reason == "" {
		reason = "Removed by an operator of the network"
	}
	if !isMember(ch, u) {
		return numerics.NotInChannel.With(u.Nick(), ch.Name())
	}
	r.Audit(audit.Kick, u.Nick(), ch.Name()+", "+reason)
	return r.Server.Network.Kick(overrider(r), u, ch, reason, false)
}

func isMember(ch *state.Channel, u *state.User) (is bool) {
	ch.View(func(v state.View) { is = v.Member(u) != nil })
	return is
}
