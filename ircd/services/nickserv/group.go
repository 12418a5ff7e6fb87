package nickserv

import (
	"context"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/privs"
)

var (
	_ = add(dispatch.Command{
		Name: "GROUP",
		Help: "Makes the nick that you use now belong to your account, too.",
		Run:  group,
	})
	_ = add(dispatch.Command{
		Name:  "UNGROUP",
		Usage: "[<nick>]",
		Help:  "Takes back GROUP: everybody can register the nick again.",
		Run:   ungroup,
	})
	_ = add(dispatch.Command{
		Name:       "RESERVE",
		Usage:      "<nick>",
		Help:       "Lets nobody use a nick, nor one that looks like it.",
		Privileged: true, Oper: privs.Accounts,
		Run: func(r *dispatch.Request) error {
			audit(r, "RESERVE", r.Param(0))
			return change(r, func(ctx context.Context) error {
				return r.Server.Accounts.Reserve(ctx, r.Param(0))
			}, "The nick is reserved.")
		},
	})
	_ = add(dispatch.Command{
		Name:       "UNRESERVE",
		Usage:      "<nick>",
		Help:       "Frees a nick that is reserved, also by an account that was unregistered.",
		Privileged: true, Oper: privs.Accounts,
		Run: func(r *dispatch.Request) error {
			audit(r, "UNRESERVE", r.Param(0))
			return change(r, func(ctx context.Context) error {
				return r.Server.Accounts.Release(ctx, r.Param(0))
			}, "The nick is free.")
		},
	})
)

func group(r *dispatch.Request) error {
	a, err := own(r)
	if err != nil {
		return err
	}
	nick := r.User.Nick()
	if claim, ok := r.Server.Accounts.Claim(nick); ok && claim.Exact && claim.Account == a {
		r.Notice("This nick belongs to your account already.")
		return nil
	}
	return change(r, func(ctx context.Context) error {
		return r.Server.Accounts.AddNick(ctx, a.Name, nick)
	}, "The nick %s belongs to your account now.", nick)
}

func ungroup(r *dispatch.Request) error {
	a, err := own(r)
	if err != nil {
		return err
	}
	nick := r.Param(0)
	if nick == "" {
		nick = r.User.Nick()
	}
	return change(r, func(ctx context.Context) error {
		return r.Server.Accounts.RemoveNick(ctx, a.Name, nick)
	}, "The nick %s no longer belongs to your account.", nick)
}
