package chanserv

import (
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/state"
)

var (
	_ = add(dispatch.Command{
		Name:  "INVITE",
		Usage: "<channel> [<nick>]",
		Help:  "Invites somebody, or yourself, to a channel.",
		Run:   invite,
	})
	_ = add(dispatch.Command{
		Name:  "GETKEY",
		Usage: "<channel>",
		Help:  "Tells the key of a channel.",
		Run:   getKey,
	})
	_ = add(dispatch.Command{
		Name:  "TOPIC",
		Usage: "<channel> [<topic>]",
		Help:  "Changes the topic of a channel; none removes it.",
		Run:   topic,
	})
)

func invite(r *dispatch.Request) error {
	g, err := hold(r, chanreg.Invite)
	if err != nil {
		return err
	}
	u := r.User
	if nick := r.Param(1); nick != "" {
		if u = r.Server.Network.World.User(nick); u == nil {
			return no("There is nobody called %s.", nick)
		}
	}
	ch := g.channel(r)
	if isMember(ch, u) {
		return no("%s is in %s already.", u.Nick(), g.Name)
	}
	if err := r.Server.Network.Invite(actor(r), u, ch); err != nil {
		return err
	}
	if u != r.User {
		r.Notice("%s is invited to %s.", u.Nick(), g.Name)
	}
	return nil
}

func getKey(r *dispatch.Request) error {
	g, err := hold(r, chanreg.Invite)
	if err != nil {
		return err
	}
	key := ""
	g.channel(r).View(func(v state.View) { key = v.Param(modes.KeyWord) })
	if key == "" {
		r.Notice("%s has no key.", g.Name)
		return nil
	}
	r.Notice("The key of %s is %s", g.Name, key)
	return nil
}

func topic(r *dispatch.Request) error {
	g, err := hold(r, chanreg.Topic)
	if err != nil {
		return err
	}
	text := casemap.Truncate(r.Rest(1), r.Server.Config().Limits.TopicLength)
	return r.Server.Network.SetTopic(actor(r), g.channel(r), text, true)
}
