package commands

import (
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/numerics"
)

var (
	_ = add(dispatch.Command{
		Name:   "PING",
		Always: true,
		Usage:  "<token>",
		Help:   "Tests the connection; the server answers with PONG.",
		Phase:  dispatch.AnyPhase,
		Quiet:  true,
		Light:  true,
		Run:    ping,
	})
	_ = add(dispatch.Command{
		Name:   "PONG",
		Always: true,
		Usage:  "[<token>]",
		Help:   "Answers the server's PING.",
		Phase:  dispatch.AnyPhase,
		Light:  true,
		Run:    func(*dispatch.Request) error { return nil },
	})
)

func ping(r *dispatch.Request) error {
	if r.Param(0) == "" {
		return numerics.NeedMoreParams.With("PING")
	}
	r.Send("PONG", r.Server.Name(), r.Param(0))
	return nil
}
