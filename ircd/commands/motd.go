package commands

import (
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/numerics"
)

var (
	_ = add(dispatch.Command{
		Name:  "MOTD",
		Usage: "[<server>]",
		Help:  "Shows the message of the day.",
		Run:   func(r *dispatch.Request) error { return here(r, 0, func() { sendMOTD(r) }) },
	})
	_ = add(dispatch.Command{
		Name: "RULES",
		Help: "Shows the rules of the server.",
		Run:  rules,
	})
)

func sendMOTD(r *dispatch.Request) {
	lines := r.Server.Texts().MOTD
	if len(lines) == 0 {
		r.Reply(numerics.NoMOTD.With())
		return
	}
	r.Reply(numerics.MOTDStart.With().Fmt(r.Server.Name()))
	for _, line := range lines {
		r.Reply(numerics.MOTD.With().Fmt(line))
	}
	r.Reply(numerics.EndOfMOTD.With())
}

func rules(r *dispatch.Request) error {
	lines := r.Server.Texts().Rules
	if len(lines) == 0 {
		return numerics.NoRules.With()
	}
	r.Reply(numerics.RulesStart.With().Fmt(r.Server.Name()))
	for _, line := range lines {
		r.Reply(numerics.RulesText.With().Fmt(line))
	}
	r.Reply(numerics.EndOfRules.With())
	return nil
}

// here runs f if parameter i, the name of a server, is absent or that of this one.
func here(r *dispatch.Request, i int, f func()) error {
	name := r.Param(i)
	if name != "" && !r.Server.Network.World.Mapping.Compile(name).Match(r.Server.Name()) {
		if u := r.Server.Network.World.User(name); u == nil {
			return numerics.NoSuchServer.With(word(name))
		}
	}
	f()
	return nil
}
