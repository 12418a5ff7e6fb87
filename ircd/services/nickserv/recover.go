package nickserv

import (
	"context"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
)

var (
	_ = add(dispatch.Command{
		Name:  "GHOST",
		Usage: "<nick> [<password>]",
		Help:  "Disconnects whoever uses a nick of yours, such as your own broken connection.",
		More:  []lang.Text{"If you are not logged in, give the password of the account."},
		Run:   ghost,
	})
	_ = add(dispatch.Command{
		Name:  "RECOVER",
		Usage: "<nick> [<password>]",
		Help:  "Takes a nick of yours from whoever uses it, and gives it to you.",
		Run:   recoverNick,
	}, "REGAIN")
	_ = add(dispatch.Command{
		Name:  "RELEASE",
		Usage: "<nick> [<password>]",
		Help:  "Frees a nick of yours: whoever uses it gets another one.",
		Run: func(r *dispatch.Request) error {
			u, err := holder(r)
			if err != nil {
				return err
			}
			if u != nil && u != r.User {
				r.Server.Dislodge(u)
			}
			r.Notice("The nick %s is free for you.", r.Param(0))
			return nil
		},
	})
)

// holder returns the user who has the nick that the command names, or nil, if the
// client may decide about it: because it belongs to the client's account, or because
// the user does.
func holder(r *dispatch.Request) (*state.User, error) {
	nick, account := r.Param(0), r.Account()
	if pw := r.Param(1); pw != "" {
		var proof accounts.Proof
		p := r.Prover()
		err := r.Wait(func(ctx context.Context) (err error) {
			proof, err = p.Password(ctx, nick, pw)
			return err
		})
		if quit, ok := err.(dispatch.Quit); ok {
			return nil, quit
		}
		if err == nil {
			account, err = r.Owner(proof)
		}
		if err != nil {
			return nil, numerics.Fail{}.Because("%s.", dispatch.LoginText(err))
		}
	}
	if account == "" {
		return nil, errLoggedOut
	}
	u := r.Server.Network.World.User(nick)
	claim, ok := r.Server.Accounts.Claim(nick)
	mine := ok && claim.Account != nil && claim.Account.Name == account
	if !mine && (u == nil || u.Account() != account) {
		return nil, numerics.Fail{Text: "This nick does not belong to your account."}
	}
	return u, nil
}

// ghosted is what those read who are disconnected for a nick.
const ghosted = "The owner of this nick wants it"

func ghost(r *dispatch.Request) error {
	u, err := holder(r)
	switch {
	case err != nil:
		return err
	case u == nil:
		return numerics.Fail{Text: "Nobody uses this nick."}
	case u == r.User:
		return numerics.Fail{Text: "That is you. CLIENTS shows your other connections."}
	}
	nick := u.Nick()
	r.Server.Network.Kill(r.Actor(), u, ghosted)
	r.Notice("%s has been disconnected.", nick)
	return nil
}

func recoverNick(r *dispatch.Request) error {
	u, err := holder(r)
	if err != nil {
		return err
	}
	nick := r.Param(0)
	if u == r.User && u.Nick() == nick {
		return numerics.Fail{Text: "You have this nick."}
	}
	if !r.Server.Network.World.Mapping.ValidNick(nick, r.Server.Config().Limits.NickLength) {
		return numerics.Fail{Text: "That is not a valid nick."}
	}
	if r.Account() == "" && !r.Server.MayTake(nick, "") {
		return numerics.Fail{Text: "Log in first; then the nick can be yours."}
	}
	switch u = r.Server.Network.World.Lookalike(nick); {
	case u == nil || u == r.User:
	case u == r.Server.Network.World.Resident(r.Account()):
		return numerics.Fail{Text: "That is you, always on. Connect with SASL to be one with it, or GHOST it first."}
	case u.Account() != "" && u.Account() == r.Account():
		r.Server.Network.Kill(r.Actor(), u, ghosted)
	default:
		r.Server.Dislodge(u)
	}
	if err := r.Server.Network.ChangeNick(r.Actor(), nick, true); err != nil {
		return err
	}
	r.Notice("The nick %s is yours again.", nick)
	return nil
}
