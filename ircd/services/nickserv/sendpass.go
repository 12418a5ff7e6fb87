package nickserv

import (
	"context"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
)

var (
	_ = add(dispatch.Command{
		Name:  "SENDPASS",
		Usage: "<account>",
		Help:  "Sends a code for another password to the owner of an account, who has forgotten it.",
		More:  []lang.Text{"It is sent to the e-mail address of the account, if that is confirmed. RESETPASS changes the password with it."},
		Run:   sendpass,
	})
	_ = add(dispatch.Command{
		Name:  "RESETPASS",
		Usage: "<account> <code> <new>",
		Help:  "Changes a forgotten password, with the code that SENDPASS has sent.",
		More:  []lang.Text{"All sessions of the account end, and its certificates and app passwords are removed: if somebody else has used it, they cannot any more."},
		Run:   resetpass,
	})
)

func sendpass(r *dispatch.Request) error {
	if err := r.Server.Accounts.Forgotten(r.Prover(), r.Param(0), false); err != nil {
		return explain(err)
	}
	r.Notice("If there is such an account, and its e-mail address is confirmed, a code has been sent there.")
	return nil
}

func resetpass(r *dispatch.Request) error {
	p, s := r.Prover(), r.Server.Accounts
	return change(r, func(ctx context.Context) error {
		return s.ResetPassword(ctx, p, r.Param(0), r.Param(1), r.Param(2))
	}, "The password has been changed. Log in with it.")
}
