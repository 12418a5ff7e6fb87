package histserv

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"strconv"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/privs"
)

var _ = add(dispatch.Command{
	Name:  "FORGET",
	Usage: "<account> [<code>]",
	Help:  "Removes all that you have said and done, as an account, from the history.",
	More: []lang.Text{
		"You are asked to confirm it with a code. Others keep what their clients have stored.",
	},
	Cost: 20,
	Run:  forget,
})

func forget(r *dispatch.Request) error {
	a := r.Server.Accounts.Lookup(r.Param(0))
	oper := r.May(privs.Accounts)
	switch {
	case a == nil || a.Name != r.Account() && !oper:
		return no("You are not logged in to this account.")
	case r.Param(1) != code(a):
		r.Notice("This cannot be undone. To confirm it: FORGET %s %s", a.Name, code(a))
		return nil
	}
	by, count := r.Actor(), 0
	err := r.Wait(func(ctx context.Context) (err error) {
		count, err = r.Server.Network.ForgetAuthors(ctx, by, a.AllNames()...)
		return err
	})
	if err != nil {
		return err
	}
	if a.Name == r.Account() {
		r.Server.Log.Info("history of an account removed", "account", a.Name, "events", count)
	} else {
		r.Audit(audit.History, a.Name, strconv.Itoa(count))
	}
	r.Notice("Removed: {%d message or event|%d messages and events} of %s.", count, a.Name)
	return nil
}

// code confirms a command. It keeps people from doing by a slip what cannot be
// undone; it is no secret.
func code(a *accounts.Account) string {
	sum := sha256.Sum256([]byte("FORGET " + a.Name + a.Created.UTC().String()))
	return base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").EncodeToString(sum[:5])
}
