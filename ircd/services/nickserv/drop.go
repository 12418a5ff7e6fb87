package nickserv

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"strconv"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/privs"
)

var (
	_ = add(dispatch.Command{
		Name:  "UNREGISTER",
		Usage: "<account> [<code>]",
		Help:  "Removes your account for good.",
		More: []lang.Text{
			"HISTSERV FORGET before removes what you have said, too.",
			"You are asked to confirm it with a code. Nobody else can register the name afterwards, so that nobody can pass for you.",
		},
		Run: unregister,
	}, "DROP")
	_ = add(dispatch.Command{
		Name:  "ERASE",
		Usage: "<account> [<code>]",
		Help:  "Removes somebody's account with all they have said, and frees its names.",
		More: []lang.Text{
			"What the owner has said and done is removed from the history of channels and conversations, on all servers.",
			"You are asked to confirm it with a code. Whoever registers the name afterwards can pass for the owner: UNREGISTER keeps it reserved.",
		},
		Privileged: true, Oper: privs.Accounts,
		Run: erase,
	}, "SADROP")
)

func unregister(r *dispatch.Request) error {
	a := r.Server.Accounts.Lookup(r.Param(0))
	if a == nil {
		return errUnknown
	}
	if a.Name != r.Account() {
		if !r.May(privs.Accounts) {
			r.Notice("You are not logged in to this account.")
			return nil
		}
		audit(r, "UNREGISTER", a.Name)
	}
	if !confirmed(r, "UNREGISTER", a) {
		return nil
	}
	return change(r, func(ctx context.Context) error {
		return r.Server.Accounts.Unregister(ctx, a.Name)
	}, "The account %s is no more.", a.Name)
}

func erase(r *dispatch.Request) error {
	a := r.Server.Accounts.Lookup(r.Param(0))
	if a == nil {
		return errUnknown
	}
	if !confirmed(r, "ERASE", a) {
		return nil
	}
	audit(r, "ERASE", a.Name)
	return change(r, func(ctx context.Context) error {
		_, err := r.Server.EraseAccount(ctx, r.Actor(), a)
		return err
	}, "The account %s is no more, and its names are free.", a.Name)
}

var codes = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789")

// confirmed reports whether the client has given the code that confirms a command.
// It keeps people from doing by a slip what cannot be undone; it is no secret.
func confirmed(r *dispatch.Request, command string, a *accounts.Account) bool {
	sum := sha256.Sum256([]byte(command + " " + a.Name + " " + strconv.FormatInt(a.Created.UnixNano(), 36)))
	code := codes.EncodeToString(sum[:5])
	if r.Param(1) == code {
		return true
	}
	r.Notice("This cannot be undone. To confirm it: %s %s %s", command, a.Name, code)
	return false
}
