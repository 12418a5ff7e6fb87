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
		Name:  "PASSWD",
		Usage: "<current> <new> [<new again>]",
		Help:  "Changes your password.",
		More:  []lang.Text{"Who logs in by certificate alone and has no password gives * as the current one."},
		Run:   passwd,
	})
	_ = add(dispatch.Command{
		Name:       "SAPASSWD",
		Usage:      "<account> <password>",
		Help:       "Changes somebody's password.",
		Privileged: true, Oper: privs.Accounts,
		Run: func(r *dispatch.Request) error {
			audit(r, "SAPASSWD", r.Param(0))
			return change(r, func(ctx context.Context) error {
				return r.Server.Accounts.SetPassword(ctx, r.Param(0), r.Param(1))
			}, "The password has been changed.")
		},
	})
)

// passwd asks for the current password, so that who finds a client unattended cannot
// take the account.
func passwd(r *dispatch.Request) error {
	a, err := own(r)
	if err != nil {
		return err
	}
	if again := r.Param(2); again != "" && again != r.Param(1) {
		r.Notice("The new passwords are not the same.")
		return nil
	}
	current, p, s := r.Param(0), r.Prover(), r.Server.Accounts
	err = r.Wait(func(ctx context.Context) error {
		if current == "*" && r.Peer.CertFP != "" {
			proof, err := p.Certificate(ctx, r.Peer.CertFP, r.Peer.CertFP512)
			if err == nil && proof.Account() != a.Name {
				err = dispatch.ErrNotOwner
			}
			return err
		}
		proof, err := p.Password(ctx, a.Name, current)
		if err == nil && proof.Method() != accounts.Password {
			err = accounts.ErrCredentials
		}
		return err
	})
	if err != nil {
		if quit, ok := err.(dispatch.Quit); ok {
			return quit
		}
		r.Notice("Your password has not been changed: %s.", dispatch.LoginText(err))
		return nil
	}
	return change(r, func(ctx context.Context) error {
		return s.SetPassword(ctx, a.Name, r.Param(1))
	}, "Your password has been changed.")
}
