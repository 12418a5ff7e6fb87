package nickserv

import (
	"context"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/privs"
)

var (
	_ = add(dispatch.Command{
		Name:  "SUSPEND",
		Usage: "<account> [<duration>] [<reason>]",
		Help:  "Lets nobody use an account, and disconnects who does.",
		More: []lang.Text{
			"A duration is such as 12h or 30d; without one, it lasts until UNSUSPEND. The certificates of the account are removed; its names stay reserved.",
		},
		Privileged: true, Oper: privs.Accounts,
		Run: suspend,
	})
	_ = add(dispatch.Command{
		Name:       "UNSUSPEND",
		Usage:      "<account>",
		Help:       "Takes back SUSPEND.",
		Privileged: true, Oper: privs.Accounts,
		Run: func(r *dispatch.Request) error {
			audit(r, "UNSUSPEND", r.Param(0))
			return change(r, func(ctx context.Context) error {
				return r.Server.Accounts.Unsuspend(ctx, r.Param(0))
			}, "The account can be used again.")
		},
	})
)

func suspend(r *dispatch.Request) error {
	a := r.Server.Accounts.Lookup(r.Param(0))
	if a == nil {
		return errUnknown
	}
	s := accounts.Suspension{Reason: r.Rest(1), By: r.User.Nick()}
	if d, err := config.ParseDuration(r.Param(1)); err == nil && d > 0 {
		s.Until, s.Reason = r.Server.Now().Add(d.Std()), r.Rest(2)
	}
	audit(r, "SUSPEND", a.Name)
	return change(r, func(ctx context.Context) error {
		return r.Server.Accounts.Suspend(ctx, a.Name, s)
	}, "The account %s is suspended.", a.Name)
}
