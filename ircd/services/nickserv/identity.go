package nickserv

import (
	"context"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
)

var (
	_ = add(dispatch.Command{
		Name:        "IDENTITY",
		Help:        "Ties your account to who you are elsewhere, such as where you work, so that you can log in by that.",
		Subcommands: identities,
	})
	identities = dispatch.Table{}
	_          = identities.Add(dispatch.Command{
		Name:  "ADD",
		Usage: "[<name> <password>]",
		Help:  "Adds the identity of that name and password elsewhere, or that of the token that your client logs in by next.",
		More:  []lang.Text{"A client logs in by a token with SASL OAUTHBEARER or IRCV3BEARER, within ten minutes."},
		Run:   identityAdd,
	})
	_ = identities.Add(dispatch.Command{
		Name:  "DEL",
		Usage: "<number>",
		Help:  "Removes an identity.",
		Run:   identityDel,
	})
	_ = identities.Add(dispatch.Command{
		Name: "LIST",
		Help: "Lists your identities.",
		Run:  identityList,
	})
)

func identityAdd(r *dispatch.Request) error {
	a, err := mine(r)
	switch {
	case err != nil:
		return err
	case r.Param(1) == "" && !r.Server.Accounts.TakesTokens(), r.Param(1) != "" && !r.Server.Accounts.AsksElsewhere():
		return numerics.Fail{Text: "This network asks nobody else who you are in this way."}
	case r.Param(1) == "":
		r.Link()
		r.Notice("Now let your client log in by the token, within ten minutes.")
		return nil
	}
	p := r.Prover().Linking(a.Name)
	return change(r, func(ctx context.Context) error {
		_, err := p.Elsewhere(ctx, r.Param(0), r.Param(1))
		return err
	}, "The identity has been added.")
}

func identityDel(r *dispatch.Request) error {
	a, err := mine(r)
	if err != nil {
		return err
	}
	return change(r, func(ctx context.Context) error {
		return r.Server.Accounts.Unlink(ctx, a.Name, number(r.Param(0))-1)
	}, "The identity has been removed.")
}

func identityList(r *dispatch.Request) error {
	a, err := own(r)
	if err != nil {
		return err
	}
	for i, l := range a.Links {
		r.Notice("%d: %s of %s, added on %s", i+1, l.Name, l.Authority, lang.Date(l.Added))
	}
	r.Notice("End of the list: {%d identity|%d identities}.", len(a.Links))
	return nil
}
