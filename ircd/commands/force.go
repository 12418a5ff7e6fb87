package commands

import (
	"strings"

	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/state"
)

var (
	_ = add(dispatch.Command{
		Name:       "SAJOIN",
		Usage:      "[<nick>] <channel>{,<channel>}",
		Help:       "Makes somebody, or yourself, join channels, whatever these forbid.",
		Privileged: true, Oper: privs.Force,
		Quiet: true,
		Run:   sajoin,
	})
	_ = add(dispatch.Command{
		Name:       "SAPART",
		Usage:      "<nick> <channel>{,<channel>} [<reason>]",
		Help:       "Makes somebody leave channels.",
		Privileged: true, Oper: privs.Force,
		Run: sapart,
	})
	_ = add(dispatch.Command{
		Name:       "SANICK",
		Usage:      "<nick> <new-nick>",
		Help:       "Gives somebody another nick.",
		More:       []lang.Text{"The nick may belong to an account: whoever gets it without being logged in is asked to, and may lose it again."},
		Privileged: true, Oper: privs.Force,
		Run: sanick,
	})
)

func sajoin(r *dispatch.Request) error {
	u, names := r.User, r.Param(0)
	if len(r.Message.Params) > 1 {
		target, err := r.Target(0)
		if err != nil {
			return err
		}
		u, names = target, r.Param(1)
	}
	if names == "" {
		return numerics.NeedMoreParams.With(r.Message.Command)
	}
	return eachName(r, names, func(name string) error { return joinFor(r, u, name) })
}

// eachName calls f for each of the names in a list, and sends what it returns.
func eachName(r *dispatch.Request, list string, f func(name string) error) error {
	for i, name := range strings.Split(list, ",") {
		if i >= r.Server.Config().Limits.Targets {
			return numerics.TooManyTargets.With(word(name))
		}
		if err := f(name); err != nil {
			r.Error(err)
		}
	}
	return nil
}

func joinFor(r *dispatch.Request, u *state.User, name string) error {
	n := r.Server.Network
	if !n.World.Mapping.ValidChannel(name, r.Server.Config().Limits.ChannelLength) {
		return numerics.NoSuchChannel.With(word(name))
	}
	by := network.Actor{User: u}
	if u == r.User {
		by = r.Actor()
	}
	ch, joined, err := n.Join(by, name, "", true)
	switch {
	case err != nil:
		return err
	case !joined:
		return numerics.OnChannel.With(u.Nick(), ch.Name())
	case u == r.User:
		greet(r, ch)
	}
	r.Audit(audit.Join, u.Nick(), ch.Name())
	return nil
}

func sapart(r *dispatch.Request) error {
	u, err := r.Target(0)
	if err != nil {
		return err
	}
	return eachName(r, r.Param(1), func(name string) error {
		ch := r.Server.Network.World.Channel(name)
		if ch == nil {
			return numerics.NoSuchChannel.With(word(name))
		}
		err := r.Server.Network.Part(network.Actor{User: u}, ch, r.Param(2))
		if err != nil {
			return numerics.NotInChannel.With(u.Nick(), ch.Name())
		}
		r.Audit(audit.Part, u.Nick(), ch.Name())
		return nil
	})
}

func sanick(r *dispatch.Request) error {
	u, err := r.Target(0)
	if err != nil {
		return err
	}
	nick, n := r.Param(1), r.Server.Network
	switch {
	case !n.World.Mapping.ValidNick(nick, r.Server.Config().Limits.NickLength):
		return numerics.BadNick.With(word(nick))
	case r.Server.IsService(nick):
		return numerics.NickInUse.With(nick).Because("This nick belongs to a service")
	}
	old := u.Nick()
	if err := n.ChangeNick(network.Actor{User: u}, nick, true); err != nil {
		return err
	}
	r.Audit(audit.Nick, old, nick)
	return nil
}
