package nickserv

import (
	"context"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
)

var (
	_ = alias(dispatch.Command{
		Name:  "IDENTIFY",
		Usage: "[[<account>] <password>]",
		Help:  "Logs in to an account; without its name, to that of your nick. LOGIN and ID are the same.",
		More: []lang.Text{
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
	name, pw := r.User.Nick(), r.Param(0)
	if len(r.Message.Params) > 1 {
		name, pw = r.Param(0), r.Param(1)
	}
	if a := r.Server.Accounts.Lookup(name); a != nil && a.Name == r.Account() {
		r.Notice("You are logged in to this account already.")
		return nil
	}
	var proof accounts.Proof
	p := r.Prover()
	err := r.Wait(func(ctx context.Context) (err error) {
		if pw == "" && r.Peer.CertFP != "" {
			proof, err = p.Certificate(ctx, r.Peer.CertFP)
			return err
		}
		proof, err = p.Password(ctx, name, pw)
		return err
	})
	if err != nil {
		r.InformOfLogin(err)
	} else {
		err = r.Login(proof)
	}
	if err != nil {
		if quit, ok := err.(dispatch.Quit); ok {
			return quit
		}
		r.Notice("%s.", dispatch.LoginText(err))
		return nil
	}
	r.Notice("You are now logged in as %s.", proof.Account())
	return nil
}
