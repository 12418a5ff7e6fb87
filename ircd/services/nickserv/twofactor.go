package nickserv

import (
	"context"
	"strings"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
)

var (
	_ = add(dispatch.Command{
		Name: "2FA",
		Help: "Lets your account need a second factor besides the password.",
		More: []lang.Text{
			"An authenticator on your phone shows another code every half minute. First add one: 2FA TOTP, then 2FA ADD. Then 2FA ENABLE. From then on a password alone logs nobody in.",
			"Clients that know of second factors ask for the code. For others, make an app password (HELP APPPASSWORD), or use IDENTIFY <account> <password> <code>.",
		},
		Subcommands: factors,
	}, "TWOFACTOR")
	factors = dispatch.Table{}
	_       = factors.Add(dispatch.Command{
		Name: "STATUS",
		Help: "Shows your second factors, and whether one is needed.",
		Run:  factorsStatus,
	})
	_ = factors.Add(dispatch.Command{
		Name: "TOTP",
		Help: "Shows a key for an authenticator. Confirm with 2FA ADD that it has it.",
		More: []lang.Text{"Whoever reads the key can make the codes, so clear the window afterwards."},
		Run:  factorsTOTP,
	})
	_ = factors.Add(dispatch.Command{
		Name:  "ADD",
		Usage: "<name> <code>",
		Help:  "Adds the authenticator that has the key, under a name of yours, such as phone.",
		Run:   factorsAdd,
	})
	_ = factors.Add(dispatch.Command{
		Name:  "CERT",
		Usage: "<name>",
		Help:  "Adds the TLS certificate that you are connected with as a second factor.",
		Run:   factorsCert,
	})
	_ = factors.Add(dispatch.Command{
		Name:  "REMOVE",
		Usage: "<name>",
		Help:  "Removes a second factor, by its name or number in the list.",
		Run:   factorsRemove,
	})
	_ = factors.Add(dispatch.Command{
		Name: "ENABLE",
		Help: "Lets your account need a second factor from now on.",
		More: []lang.Text{"You get codes that replace the second factor, each once, for when you have lost it."},
		Run:  factorsEnable,
	})
	_ = factors.Add(dispatch.Command{
		Name:  "DISABLE",
		Usage: "<code>",
		Help:  "Lets your account need no second factor any more.",
		Run:   factorsDisable,
	})
	_ = factors.Add(dispatch.Command{
		Name:  "CODES",
		Usage: "<code>",
		Help:  "Makes new codes that replace the second factor; the old ones are worth nothing then.",
		Run:   factorsCodes,
	})
	_ = add(dispatch.Command{
		Name:       "SARESET2FA",
		Usage:      "<account>",
		Help:       "Removes the second factors of somebody who has lost them.",
		More:       []lang.Text{"Be sure who asks: the password alone logs in then."},
		Privileged: true, Oper: privs.Accounts,
		Run: func(r *dispatch.Request) error {
			audit(r, "SARESET2FA", r.Param(0))
			return change(r, func(ctx context.Context) error {
				return r.Server.Accounts.DropFactors(ctx, r.Param(0))
			}, "The second factors have been removed.")
		},
	})
)

func factorsStatus(r *dispatch.Request) error {
	a, err := own(r)
	if err != nil {
		return err
	}
	for i, f := range a.Factors {
		switch f.Type {
		case accounts.TOTP:
			r.Notice("%d: %s, an authenticator, added on %s", i+1, f.Name, lang.Date(f.Added))
		default:
			r.Notice("%d: %s, a certificate, added on %s", i+1, f.Name, lang.Date(f.Added))
		}
	}
	switch {
	case a.TwoFactor:
		r.Notice("Your account needs a second factor.")
	case len(a.Factors) > 0:
		r.Notice("Your account needs no second factor. 2FA ENABLE changes that.")
	default:
		r.Notice("You have no second factors. 2FA TOTP begins to add one.")
	}
	return nil
}

func factorsTOTP(r *dispatch.Request) error {
	if _, err := mine(r); err != nil {
		return err
	}
	key, address := r.EnrolTOTP()
	r.Notice("Give this key to your authenticator: %s", key)
	r.Notice("Or show it this address as a picture: %s", address)
	r.Notice("Then type 2FA ADD <name> <code> with the code that it shows, within ten minutes.")
	return nil
}

func factorsAdd(r *dispatch.Request) error {
	if _, err := mine(r); err != nil {
		return err
	}
	_, begun, err := r.AddTOTP(r.Param(0), r.Param(1))
	switch {
	case err != nil:
		return explain(err)
	case !begun:
		return numerics.Fail{Text: "Ask for a key first: 2FA TOTP."}
	}
	r.Notice("The authenticator %s has been added. 2FA ENABLE lets your account need it.", r.Param(0))
	return nil
}

func factorsCert(r *dispatch.Request) error {
	a, err := mine(r)
	if err != nil {
		return err
	}
	if r.Peer.CertFP == "" {
		return numerics.Fail{Text: "You are not connected with a certificate."}
	}
	return change(r, func(ctx context.Context) error {
		_, err := r.Server.Accounts.AddCertFactor(ctx, a.Name, r.Param(0), r.Peer.CertFP)
		return err
	}, "The certificate has been added. 2FA ENABLE lets your account need it.")
}

func factorsRemove(r *dispatch.Request) error {
	a, err := mine(r)
	if err != nil {
		return err
	}
	id := r.Param(0)
	for i, f := range a.Factors {
		if f.Name == r.Param(0) || number(r.Param(0)) == i+1 {
			id = f.ID
			break
		}
	}
	return change(r, func(ctx context.Context) error {
		return r.Server.Accounts.RemoveFactor(ctx, a.Name, id)
	}, "The second factor has been removed.")
}

func factorsEnable(r *dispatch.Request) error {
	a, err := mine(r)
	if err != nil {
		return err
	}
	var codes []string
	err = r.Wait(func(ctx context.Context) (err error) {
		codes, err = r.Server.Accounts.NeedFactor(ctx, a.Name)
		return err
	})
	if err != nil {
		return explain(err)
	}
	r.Notice("From now on your account needs a second factor.")
	showCodes(r, codes)
	return nil
}

func showCodes(r *dispatch.Request, codes []string) {
	r.Notice("Each of these codes replaces it once. Write them down: they are not shown again.")
	for len(codes) > 0 {
		n := min(len(codes), 5)
		r.Notice(lang.Verbatim, strings.Join(codes[:n], "  "))
		codes = codes[n:]
	}
}

func factorsDisable(r *dispatch.Request) error {
	a, err := own(r)
	if err != nil {
		return err
	}
	return change(r, func(ctx context.Context) error {
		return r.Server.Accounts.WaiveFactor(ctx, a.Name, accounts.Answer{Code: r.Param(0)})
	}, "Your account needs no second factor any more.")
}

func factorsCodes(r *dispatch.Request) error {
	a, err := own(r)
	if err != nil {
		return err
	}
	var codes []string
	err = r.Wait(func(ctx context.Context) (err error) {
		codes, err = r.Server.Accounts.RenewRecovery(ctx, a.Name, accounts.Answer{Code: r.Param(0)})
		return err
	})
	if err != nil {
		return explain(err)
	}
	showCodes(r, codes)
	return nil
}
