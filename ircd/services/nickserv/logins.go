package nickserv

import (
	"context"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
)

var _ = add(dispatch.Command{
	Name:  "LOGINS",
	Usage: "[<account>]",
	Help:  "Shows the last logins to your account, and failed attempts; operators may name another.",
	Run:   logins,
})

func logins(r *dispatch.Request) error {
	a, err := whose(r, r.Param(0))
	if err != nil {
		return err
	}
	if a.Name != r.Account() {
		audit(r, "LOGINS", a.Name)
	}
	var l accounts.Logins
	err = r.Wait(func(ctx context.Context) (err error) {
		l, err = r.Server.Accounts.Logins(ctx, a.Name)
		return err
	})
	if err != nil {
		return explain(err)
	}
	for _, n := range l.Recent {
		where := n.Address
		if where == "" {
			where = "localhost"
		}
		r.Notice("%s from %s by %s", lang.Date(n.At), where, loginBy(a, n))
	}
	if l.Failed > 0 {
		r.Notice("{%d attempt has|%d attempts have} failed since, the last on %s from %s", l.Failed, lang.Date(l.FailedLast.At), l.FailedLast.Address)
	}
	r.Notice("End of the list.")
	return nil
}

// loginBy says how somebody has logged in.
func loginBy(a *accounts.Account, n accounts.LoginNote) any {
	switch n.Method {
	case accounts.Password, accounts.Scram:
		return lang.Text("password")
	case accounts.App:
		return lang.Text("the app password %s").With(n.By)
	case accounts.Registered:
		return lang.Text("registering")
	case accounts.External:
		for _, c := range a.Certs {
			if c.Fingerprint == n.By && c.Label != "" {
				return lang.Text("the certificate %s").With(c.Label)
			}
		}
		return lang.Text("certificate")
	}
	return string(n.Method)
}
