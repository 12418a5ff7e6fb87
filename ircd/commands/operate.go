package commands

import (
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
)

var (
	_ = add(dispatch.Command{
		Name:       "KILL",
		Usage:      "<nick> [<reason>]",
		Help:       "Removes a user from the network.",
		Privileged: true, Oper: privs.Kill,
		Run: kill,
	})
	_ = add(dispatch.Command{
		Name:       "WALLOPS",
		Usage:      "<text>",
		Help:       "Tells all users with mode w something.",
		Privileged: true, Oper: privs.Wallops,
		Run: func(r *dispatch.Request) error { return wallops(r, false) },
	})
	_ = add(dispatch.Command{
		Name:       "GLOBOPS",
		Usage:      "<text>",
		Help:       "Tells all operators something.",
		Privileged: true, Oper: privs.Wallops,
		Run: func(r *dispatch.Request) error { return wallops(r, true) },
	})
	_ = add(dispatch.Command{
		Name:       "REHASH",
		Help:       "Reads the configuration again.",
		Privileged: true, Oper: privs.Rehash,
		Run: rehash,
	})
	_ = add(dispatch.Command{
		Name:       "DIE",
		Usage:      "<server>",
		Help:       "Stops this server; its name must be given.",
		Privileged: true, Oper: privs.Die,
		Run: die,
	})
)

func kill(r *dispatch.Request) error {
	target, err := r.Target(0)
	if err != nil {
		return err
	}
	reason := casemap.Truncate(r.Param(1), r.Server.Config().Limits.KickLength)
	if reason == "" {
		reason = r.Server.Network.Words("No reason given")
	}
	r.Server.Log.Info("KILL", "by", r.User.Nick(), "nick", target.Nick(), "reason", reason)
	r.Server.Network.Kill(r.Actor(), target, lang.Verbatim, reason)
	return nil
}

func wallops(r *dispatch.Request, opers bool) error {
	if r.Param(0) == "" {
		return numerics.NeedMoreParams.With(r.Message.Command)
	}
	r.Server.Network.Wallops(r.Actor(), event.Wallops{Text: r.Param(0), Opers: opers})
	return nil
}

func rehash(r *dispatch.Request) error {
	r.Server.Log.Info("REHASH", "by", r.User.Nick())
	r.Reply(numerics.Rehashing.With("parley.toml"))
	report, err := r.Server.Rehash()
	if err != nil {
		r.Notice("The configuration has not changed, because the new one is not right: %s", err.Error())
		return nil
	}
	for _, line := range report {
		r.Notice(lang.Verbatim, line)
	}
	return nil
}

func die(r *dispatch.Request) error {
	if !r.Server.Network.World.Mapping.Equal(r.Param(0), r.Server.Name()) {
		return numerics.NoSuchServer.With(word(r.Param(0)))
	}
	r.Server.Log.Warn("DIE", "by", r.User.Nick())
	r.Server.Stop("Stopped by %s", r.User.Nick())
	return nil
}
