package commands

import (
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/numerics"
)

var (
	_ = add(dispatch.Command{
		Name:   "MOTD",
		Usage:  "[<server>]",
		Help:   "Shows the message of the day.",
		Server: 1,
		Run:    func(r *dispatch.Request) error { sendMOTD(r); return nil },
	})
	_ = add(dispatch.Command{
		Name: "RULES",
		Help: "Shows the rules of the server.",
		Run:  rules,
	})
)

func sendMOTD(r *dispatch.Request) {
	r.ReplyAlike("motd", func() []numerics.Reply {
		lines := r.Server.Texts().MOTD
		if len(lines) == 0 {
			return []numerics.Reply{numerics.NoMOTD.With()}
		}
		all := []numerics.Reply{numerics.MOTDStart.With().Fmt(r.Server.Name())}
		for _, line := range lines {
			all = append(all, numerics.MOTD.With().Fmt(line))
		}
		return append(all, numerics.EndOfMOTD.With())
	})
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
