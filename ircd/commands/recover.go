package commands

import (
	"context"
	"errors"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/store"
)

// recovery is the proposal that RECOVER and SETPASS follow. Its text is no more than
// what its first implementation says of it, which has both ends: a server and a client.
const recovery = "https://github.com/ObsidianIRC/ObbyIRCd"

var (
	_ = add(dispatch.Command{
		Name:        "RECOVER",
		Usage:       "<subcommand> <account> [<code>]",
		Help:        "Lets who has forgotten the password of an account choose another.",
		More:        []lang.Text{"A code is mailed to the address of the account. With it, RECOVER CONFIRM allows SETPASS once."},
		Spec:        recovery,
		Phase:       dispatch.AnyPhase,
		Cost:        10,
		Quiet:       true,
		Subcommands: recovers,
		Run: func(r *dispatch.Request) error {
			return recoverFail("INVALID_PARAMS", "The subcommands are REQUEST and CONFIRM.")
		},
	})
	recovers = dispatch.Table{}
	_        = recovers.Add(dispatch.Command{
		Name:  "REQUEST",
		Usage: "<account>",
		Help:  "Mails a code to the address of an account.",
		Phase: dispatch.AnyPhase,
		Cost:  10,
		Quiet: true,
		Run:   recoverRequest,
	})
	_ = recovers.Add(dispatch.Command{
		Name:  "CONFIRM",
		Usage: "<account> <code>",
		Help:  "Shows the code; SETPASS chooses another password then.",
		Phase: dispatch.AnyPhase,
		Cost:  10,
		Quiet: true,
		Run:   recoverConfirm,
	})
	_ = add(dispatch.Command{
		Name:  "SETPASS",
		Usage: "<password>",
		Help:  "Changes the password of your account, when you have just logged in, or after RECOVER CONFIRM.",
		More:  []lang.Text{"All other sessions of the account end; after RECOVER, all."},
		Spec:  recovery,
		Phase: dispatch.AnyPhase,
		Cost:  10,
		Quiet: true,
		Run:   setpass,
	})
)

func recoverFail(code string, text lang.Text) error {
	return numerics.Fail{Command: "RECOVER", Code: code, Text: text}
}

func setpassFail(code string, text lang.Text) error {
	return numerics.Fail{Command: "SETPASS", Code: code, Text: text}
}

func recoverRequest(r *dispatch.Request) error {
	name := r.Param(1)
	if name == "" {
		return recoverFail("INVALID_PARAMS", "Name the account: RECOVER REQUEST <account>.")
	}
	if r.Server.Accounts == nil || !r.Server.Accounts.Mails() {
		return recoverFail("TEMPORARILY_UNAVAILABLE", "This network sends no mail. Ask its operators for help.")
	}
	if !admitted(r) {
		return recoverFail("UNAUTHORIZED", "This server needs a password; finish connecting first.")
	}
	switch err := r.Server.Accounts.Forgotten(r.Prover(), name, true); {
	case errors.Is(err, accounts.ErrThrottled):
		return recoverFail("RATE_LIMITED", "You have asked for too many codes. Try again later.")
	case err != nil:
		return recoverFail("TEMPORARILY_UNAVAILABLE", "Too many people ask for codes just now. Try again in a minute.")
	}
	r.AwaitMail()
	r.Note(numerics.Fail{
		Command: "RECOVER", Code: "CODE_SENT", Context: []string{word(name)},
		Text: "If there is such an account, and its address is confirmed, a code has been mailed there. It can be used for five minutes.",
	})
	return nil
}

// admitted reports whether the client has the password of the server, if there is one:
// as long as it is not connected, it has not been asked for it.
func admitted(r *dispatch.Request) bool {
	h := r.Server.Config().Server.Password
	return r.User != nil || h == "" || verify(r, h, r.Registration.Password)
}

func recoverConfirm(r *dispatch.Request) error {
	name, code := r.Param(1), r.Param(2)
	if code == "" {
		return recoverFail("INVALID_PARAMS", "Give the account and the code: RECOVER CONFIRM <account> <code>.")
	}
	if r.Server.Accounts == nil {
		return recoverFail("TEMPORARILY_UNAVAILABLE", "There are no accounts here.")
	}
	var proof accounts.Proof
	p := r.Prover()
	err := r.Wait(func(ctx context.Context) (err error) {
		proof, err = r.Server.Accounts.Recover(ctx, p, name, code)
		return err
	})
	var quit dispatch.Quit
	switch {
	case errors.As(err, &quit):
		return err
	case errors.Is(err, accounts.ErrThrottled):
		return recoverFail("RATE_LIMITED", "There have been too many failed attempts. Try again later.")
	case errors.Is(err, accounts.ErrCode):
		return recoverFail("INVALID_CODE", "The code is wrong, has expired, or was tried before. Ask for another.")
	case err != nil:
		return unavailable(err, recoverFail)
	}
	r.SetRecovered(proof)
	r.Note(numerics.Fail{
		Command: "RECOVER", Code: "VERIFIED", Context: []string{proof.Account()},
		Text: "The code is right. Choose another password with SETPASS within five minutes.",
	})
	return nil
}

// unavailable is the answer to errors of the store; others are the caller's.
func unavailable(err error, fail func(code string, text lang.Text) error) error {
	if errors.Is(err, store.ErrUnavailable) || errors.Is(err, accounts.ErrBusy) || errors.Is(err, context.DeadlineExceeded) {
		return fail("TEMPORARILY_UNAVAILABLE", "This could not be stored just now. Try again later.")
	}
	return err
}

// setpass changes the password of who has recovered the account, or has shown a moment
// ago to be its owner: who finds a client unattended must not be able to.
func setpass(r *dispatch.Request) error {
	pw, recovered := r.Param(0), r.Recovered()
	if pw == "" {
		return setpassFail("INVALID_PARAMS", "Give the password: SETPASS :<password>.")
	}
	byCode, account := recovered.Account() != "", r.Account()
	switch {
	case r.Server.Accounts == nil || !byCode && account == "":
		return setpassFail("UNAUTHORIZED", "Log in, or recover your account, to change the password.")
	case !byCode && !r.Fresh():
		return setpassFail("UNAUTHORIZED", "Log in again, with your password, to change it.")
	}
	err := r.Wait(func(ctx context.Context) error {
		if byCode {
			return r.Server.Accounts.ChoosePassword(ctx, recovered, pw)
		}
		return r.Server.Accounts.ReplacePassword(ctx, account, pw, r.Key())
	})
	var quit dispatch.Quit
	switch {
	case errors.As(err, &quit):
		return err
	case errors.Is(err, accounts.ErrPassword):
		return setpassFail("INVALID_PASSWORD", "This password is empty, too long or not UTF-8.")
	case errors.Is(err, accounts.ErrCode), errors.Is(err, accounts.ErrSuspended), errors.Is(err, accounts.ErrNotFound):
		return setpassFail("UNAUTHORIZED", "Too much time has passed, or the account may not be used. Begin again.")
	case err != nil:
		return unavailable(err, setpassFail)
	}
	text := lang.Text("The password has been changed; your other sessions have ended.")
	if byCode {
		text = "The password has been changed; all sessions have ended. Log in with it."
	}
	r.Note(numerics.Fail{Command: "SETPASS", Code: "SUCCESS", Text: text})
	return nil
}
