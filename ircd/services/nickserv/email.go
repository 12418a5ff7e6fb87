package nickserv

import (
	"context"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
)

var (
	_ = add(dispatch.Command{
		Name:  "VERIFYEMAIL",
		Usage: "<code>",
		Help:  "Confirms your e-mail address with the code that was sent to it.",
		More:  []lang.Text{"Only to a confirmed address a code is sent when you have forgotten your password."},
		Run:   verifyEmail,
	})
	_ = add(dispatch.Command{
		Name:  "RESEND",
		Usage: "<account>",
		Help:  "Sends you another code to confirm an account that you have registered.",
		Run:   resend,
	})
)

func setEmail(r *dispatch.Request) error {
	a, err := mine(r)
	if err != nil {
		return err
	}
	email := r.Param(0)
	if casemap.ASCII.Equal(email, "none") {
		email = ""
	}
	if email == "" && r.Server.Config().Accounts.Registration.EmailRequired {
		return numerics.Fail{Text: "Accounts need an e-mail address here."}
	}
	waits := false
	err = r.Wait(func(ctx context.Context) (err error) {
		waits, err = r.Server.Accounts.SetEmail(ctx, a.Name, email)
		return err
	})
	switch {
	case err != nil:
		return explain(err)
	case waits:
		r.Notice("A code was sent to %s. Confirm the address with VERIFYEMAIL <code>.", email)
	default:
		r.Notice("Your e-mail address has been changed.")
	}
	return nil
}

func verifyEmail(r *dispatch.Request) error {
	a, err := own(r)
	if err != nil {
		return err
	}
	p := r.Prover()
	return change(r, func(ctx context.Context) error {
		return r.Server.Accounts.ConfirmEmail(ctx, p, a.Name, r.Param(0))
	}, "Your e-mail address is confirmed.")
}

func resend(r *dispatch.Request) error {
	if err := r.Server.Accounts.Resend(r.Prover(), r.Param(0)); err != nil {
		return explain(err)
	}
	r.Notice("If this account waits to be confirmed, another code has been sent. There is one a minute.")
	return nil
}
