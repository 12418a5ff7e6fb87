package nickserv

import (
	"context"
	"errors"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
)

var (
	_ = add(dispatch.Command{
		Name:  "IDENTIFY",
		Usage: "[[<account>] <password> [<code>]]",
		Help:  "Logs in to an account; without its name, to that of your nick. LOGIN and ID are the same.",
		More: []lang.Text{
			"The code is that of your second factor, if your account needs one; give the name of the account then, too.",
			"Without a password, your TLS certificate logs you in, if you have added it with CERT ADD. Clients that know SASL do all this when they connect.",
		},
		Run: identify,
	}, "LOGIN", "ID")
	_ = add(dispatch.Command{
		Name: "LOGOUT",
		Help: "Logs you out, in all your clients.",
		Run: func(r *dispatch.Request) error {
			if r.Account() == "" {
				return errLoggedOut
			}
			r.Logout()
			r.Notice("You are logged out.")
			return nil
		},
	})
)

func identify(r *dispatch.Request) error {
	name, pw, code := r.User.Nick(), r.Param(0), r.Param(2)
	if len(r.Message.Params) > 1 {
		name, pw = r.Param(0), r.Param(1)
	}
	already := false
	if a := r.Server.Accounts.Lookup(name); a != nil && a.Name == r.Account() {
		already = true
	}
	proof, err := prove(r, name, pw)
	if err == nil && code != "" {
		proof, err = second(r, proof, code)
	}
	switch {
	case err == nil && already:
		err = r.Renew(proof)
	case err == nil:
		err = r.Login(proof)
	}
	var quit dispatch.Quit
	switch {
	case errors.As(err, &quit):
		return quit
	case errors.Is(err, accounts.ErrSecondFactor):
		r.Notice("The account needs a second factor, too: IDENTIFY %s <password> <code>.", proof.Account())
	case err != nil:
		r.Notice("%s.", dispatch.LoginText(err))
	case already:
		r.Notice("You are logged in to this account already.")
	default:
		r.Notice("You are now logged in as %s.", proof.Account())
	}
	return nil
}

// prove checks a password or, if there is none, the client's certificate.
func prove(r *dispatch.Request, name, pw string) (proof accounts.Proof, err error) {
	p := r.Prover()
	err = r.Wait(func(ctx context.Context) (err error) {
		if pw == "" && r.Peer.CertFP != "" {
			proof, err = p.Certificate(ctx, r.Peer.CertFP, r.Peer.CertFP512)
			return err
		}
		proof, err = p.Password(ctx, name, pw)
		return err
	})
	if err != nil {
		r.InformOfLogin(err)
	}
	return proof, err
}

func second(r *dispatch.Request, first accounts.Proof, code string) (proof accounts.Proof, err error) {
	p := r.Prover()
	err = r.Wait(func(ctx context.Context) (err error) {
		proof, err = p.Second(ctx, first, accounts.Answer{Code: code})
		return err
	})
	return proof, err
}
