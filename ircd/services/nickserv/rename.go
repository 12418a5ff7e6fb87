package nickserv

import (
	"context"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/store"
)

var _ = add(dispatch.Command{
	Name:  "RENAME",
	Usage: "<account> <name>",
	Help:  "Gives your account another name: one of its nicks.",
	More: []lang.Text{
		"GROUP makes a nick that you use one of your account. The old name stays yours, as one of its nicks, and so do channels, settings and what was said in private.",
		"What you have said under the old name can no longer be edited or deleted by you. Operators can rename any account, and to any name that is free.",
	},
	Run: rename,
})

func rename(r *dispatch.Request) error {
	a, name := r.Server.Accounts.Lookup(r.Param(0)), r.Param(1)
	switch mine := a != nil && a.Name == r.Account(); {
	case r.May(privs.Accounts):
		if a == nil {
			return errUnknown
		}
		audit(r, "RENAME "+name, a.Name)
	case !mine:
		return numerics.Fail{Text: "You are not logged in to this account."}
	case !r.Fresh():
		return errStale
	default:
		if claim, ok := r.Server.Accounts.Claim(name); !ok || claim.Account != a {
			return numerics.Fail{Text: "This nick does not belong to your account."}
		}
	}
	return change(r, func(ctx context.Context) error {
		return r.Server.Accounts.Rename(ctx, a.Name, name, func(ctx context.Context, old, name string) ([]store.Op, error) {
			if r.Server.Channels == nil {
				return nil, nil
			}
			return r.Server.Channels.RenameAccount(ctx, old, name)
		})
	}, "The account %s is called %s now.", a.Name, name)
}
