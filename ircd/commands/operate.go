package commands

import (
	"github.com/parley-irc/parley/ircd/audit"
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
		Usage:      "<nick>{,<nick>} [<reason>]",
		Help:       "Removes users from the network.",
		Privileged: true, Oper: privs.Kill,
		Run: kill,
	})
	_ = add(dispatch.Command{
		Name:       "WALLOPS",
		Usage:      "<text>",
		Help:       "Tells all users with mode w something.",
		Privileged: true, Oper: privs.Wallops,
		Run: func(r *dispatch.Request) error { return wallops(r, event.Wallops{}) },
	})
	_ = add(dispatch.Command{
		Name:       "GLOBOPS",
		Usage:      "<text>",
		Help:       "Tells all operators something.",
		Privileged: true, Oper: privs.Wallops,
		Run: func(r *dispatch.Request) error { return wallops(r, event.Wallops{Opers: true}) },
	})
	_ = Table.Alias("GLOBOPS", "OPERWALL")
	_ = add(dispatch.Command{
		Name:       "LOCOPS",
		Usage:      "<text>",
		Help:       "Tells the operators of this server something.",
		Privileged: true, Oper: privs.Wallops,
		Run: func(r *dispatch.Request) error {
			return wallops(r, event.Wallops{Opers: true, Server: r.Server.Name()})
		},
	})
	_ = add(dispatch.Command{
		Name:       "GLOBAL",
		Usage:      "<text>",
		Help:       "Tells all users of the network something.",
		Privileged: true, Oper: privs.Announce,
		Run: announce,
	})
	_ = add(dispatch.Command{
		Name:       "REHASH",
		Usage:      "[<server>]",
		Help:       "Reads the configuration again.",
		Server:     1,
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

var _ = add(dispatch.Command{
	Name:  "RESTART",
	Usage: "<server> [<reason>]",
	Help:  "Stops this server and starts it again; its name must be given.",
	More: []lang.Text{
		"Clients are disconnected, and may connect again at once: those who do while the server starts wait for it. A newer program in the place of this one is what is started.",
	},
	Privileged: true, Oper: privs.Die,
	Run: restart,
})

func kill(r *dispatch.Request) error {
	targets, err := r.Targets(0)
	if err != nil {
		return err
	}
	reason := casemap.Truncate(r.Param(1), r.Server.Config().Limits.KickLength)
	if reason == "" {
		reason = r.Server.Network.Words("No reason given")
	}
	for _, u := range targets {
		r.Audit(audit.Kill, u.Nick(), reason)
		r.Server.Network.Kill(r.Actor(), u, lang.Verbatim, reason)
	}
	return nil
}

func wallops(r *dispatch.Request, b event.Wallops) error {
	if b.Text = r.Param(0); b.Text == "" {
		return numerics.NeedMoreParams.With(r.Message.Command)
	}
	whom := lang.Text("those with user mode w")
	switch {
	case b.Server != "":
		whom = "the operators of this server"
	case b.Opers:
		whom = "the operators"
	}
	r.Audit(audit.Wallops, whom.String(), "")
	r.Server.Network.Wallops(r.Actor(), b)
	return nil
}

func announce(r *dispatch.Request) error {
	if r.Param(0) == "" {
		return numerics.NeedMoreParams.With(r.Message.Command)
	}
	r.Audit(audit.Announce, "", "")
	r.Server.Network.Announce(r.Actor(), r.Param(0))
	return nil
}

func rehash(r *dispatch.Request) error {
	r.Audit(audit.Rehash, r.Server.Name(), "")
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
	r.Audit(audit.Die, r.Server.Name(), "")
	r.Server.Stop("Stopped by %s", r.User.Nick())
	return nil
}

func restart(r *dispatch.Request) error {
	switch {
	case !r.Server.Network.World.Mapping.Equal(r.Param(0), r.Server.Name()):
		return numerics.NoSuchServer.With(word(r.Param(0)))
	case r.Server.Restart == nil:
		return numerics.Fail{Code: "UNAVAILABLE", Text: "This server cannot start itself again"}
	}
	if err := r.Server.Restart("Restarted by %s", r.User.Nick()); err != nil {
		r.Notice("The server goes on, because the configuration is not right: %s", err.Error())
		return nil
	}
	r.Audit(audit.Restart, r.Server.Name(), reasonText(r, r.Param(1)))
	return nil
}
