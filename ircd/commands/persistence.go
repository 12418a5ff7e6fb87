package commands

import (
	"context"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
)

const persistenceSpec = "https://github.com/ircv3/ircv3-specifications/pull/503"

var _ = add(dispatch.Command{
	Name:  "PERSISTENCE",
	Usage: "<subcommand> [<setting>]",
	Help:  "Says whether you stay in your channels while no client of yours is connected.",
	More: []lang.Text{
		"It is the setting always-on of your account. The network decides whether it is possible at all.",
	},
	Spec:  persistenceSpec,
	Quiet: true,
	Subcommands: persistenceTable(
		dispatch.Command{Name: "GET", Help: "Shows what you want, and what is so.", Run: persistenceGet},
		dispatch.Command{Name: "SET", Usage: "(ON|OFF|DEFAULT)", Help: "Says whether you want to stay.", Run: persistenceSet},
	),
	// Subcommands of later versions are ignored.
	Run: func(r *dispatch.Request) error {
		if r.Param(0) == "" {
			return persistenceParameters
		}
		return nil
	},
})

var (
	persistenceAccount    = numerics.Fail{Command: "PERSISTENCE", Code: "ACCOUNT_REQUIRED", Text: "Log in to an account first: only then you can come back."}
	persistenceParameters = numerics.Fail{Command: "PERSISTENCE", Code: "INVALID_PARAMETERS", Text: "Write PERSISTENCE GET, or PERSISTENCE SET with ON, OFF or DEFAULT."}
)

// persistenceTable returns the subcommands, which are for those who are logged in.
func persistenceTable(all ...dispatch.Command) dispatch.Table {
	t := dispatch.Table{}
	for _, c := range all {
		run := c.Run
		c.Quiet, c.Spec = true, persistenceSpec
		c.Run = func(r *dispatch.Request) error {
			switch {
			case r.Server.Accounts == nil:
				return numerics.UnknownCommand.With("PERSISTENCE")
			case r.Server.Accounts.Lookup(r.User.Account()) == nil:
				return persistenceAccount
			}
			return run(r)
		}
		t.Add(c)
	}
	return t
}

func persistenceGet(r *dispatch.Request) error {
	r.ReplyPersistence()
	return nil
}

// persistenceSet changes the setting. That the network does not allow it is no error:
// the answer says what is so.
func persistenceSet(r *dispatch.Request) error {
	value, ok := dispatch.PersistenceSetting(r.Param(1))
	if !ok || len(r.Message.Params) > 2 {
		return persistenceParameters
	}
	account := r.User.Account()
	err := r.Persisting(func() error {
		return r.Wait(func(ctx context.Context) error {
			return r.Server.Accounts.Set(ctx, account, dispatch.SettingAlwaysOn, value)
		})
	})
	if err != nil {
		return err
	}
	r.ReplyPersistence()
	return nil
}
