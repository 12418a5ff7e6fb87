package nickserv

import (
	"context"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/privs"
)

var (
	_ = add(dispatch.Command{
		Name:  "REGISTER",
		Usage: "<password> [<email>]",
		Help:  "Registers an account with the name of your nick.",
		More: []lang.Text{
			"Nobody else can use the nick from then on. If you are connected with a TLS certificate, it can log you in, too; give * as password to have no other way.",
		},
		Run: register,
	})
	_ = add(dispatch.Command{
		Name:  "VERIFY",
		Usage: "<account> <code>",
		Help:  "Confirms an account with the code that was sent to you.",
		Run:   verify,
	})
	_ = add(dispatch.Command{
		Name:       "SAREGISTER",
		Usage:      "<account> <password>",
		Help:       "Registers an account for somebody else.",
		Privileged: true, Oper: privs.Accounts,
		Run: saregister,
	})
)

func register(r *dispatch.Request) error {
	c := r.Server.Config().Accounts.Registration
	switch {
	case !c.Enabled:
		r.Notice("Accounts cannot be registered here.")
		return nil
	case r.Account() != "":
		r.Notice("You are logged in to an account already.")
		return nil
	case c.EmailRequired && r.Param(1) == "":
		r.Notice("An e-mail address is needed: REGISTER <password> <email>.")
		return nil
	}
	g := accounts.Registration{Name: r.User.Nick(), Password: r.Param(0), Email: r.Param(1)}
	if g.Password == "*" && r.Peer.CertFP != "" {
		g.Password = ""
	}
	p, waits, err := r.RegisterAccount(g)
	if err != nil {
		return explain(err)
	}
	if waits {
		r.Notice("A code was sent to your e-mail address. Confirm your account with VERIFY %s <code>.", p.Account())
		return nil
	}
	r.Notice("Account created")
	return r.Login(p)
}

func verify(r *dispatch.Request) error {
	if r.Account() != "" {
		r.Notice("You are logged in to an account already.")
		return nil
	}
	var proof accounts.Proof
	p := r.Prover()
	err := r.Wait(func(ctx context.Context) (err error) {
		proof, err = r.Server.Accounts.Verify(ctx, p, r.Param(0), r.Param(1))
		return err
	})
	if err != nil {
		return explain(err)
	}
	r.Notice("Account confirmed")
	return r.Login(proof)
}

func saregister(r *dispatch.Request) error {
	p, _, err := r.RegisterAccount(accounts.Registration{Name: r.Param(0), Password: r.Param(1), Verified: true})
	if err != nil {
		return explain(err)
	}
	audit(r, "SAREGISTER", p.Account())
	r.Notice("Account created: %s", p.Account())
	return nil
}
