package commands

import (
	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/numerics"
)

var (
	_ = add(dispatch.Command{
		Name:  "USER",
		Usage: "<username> <mode> <unused> <realname>",
		Help:  "Sets your username and real name when you connect.",
		Phase: dispatch.Unregistered,
		Run:   user,
	})
	_ = add(dispatch.Command{
		Name:  "PASS",
		Usage: "<password>",
		Help:  "Gives the password of the server, before NICK and USER.",
		Phase: dispatch.Unregistered,
		Run:   pass,
	})
)

func user(r *dispatch.Request) error {
	g, limits := r.Registration, r.Server.Config().Limits
	if g.Ident != "" {
		return numerics.AlreadyReg.With()
	}
	name, device := accounts.SplitDevice(r.Param(0))
	name = casemap.Username(name, limits.UserLength)
	if name == "" {
		name = "user"
	}
	if r.Param(3) == "" {
		return numerics.NeedMoreParams.With("USER")
	}
	if r.Device() == "" {
		r.SetDevice(device)
	}
	g.Ident = name
	g.Realname = casemap.Truncate(r.Param(3), limits.RealnameLength)
	return register(r)
}

func pass(r *dispatch.Request) error {
	r.Registration.Password = r.Param(0)
	return nil
}
