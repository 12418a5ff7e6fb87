package commands

import (
	"context"
	"errors"
	"time"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/sasl"
	"github.com/parley-irc/parley/ircd/store"
)

var (
	_ = add(dispatch.Command{
		Name:        "2FA",
		Usage:       "<subcommand> [<type> [<name>] [<data>]]",
		Help:        "Manages the second factors of your account: STATUS, LIST, CHALLENGE, ADD, REMOVE, ENABLE, DISABLE.",
		More:        []lang.Text{"It is for clients. People are better served by NS 2FA."},
		Spec:        "https://github.com/ircv3/ircv3-specifications/pull/610",
		Phase:       dispatch.AnyPhase,
		Cost:        5,
		Subcommands: twoFactor,
		Run: func(r *dispatch.Request) error {
			return factorFail("INVALID_PARAMS", "The subcommands are STATUS, LIST, CHALLENGE, ADD, REMOVE, ENABLE and DISABLE.")
		},
	})
	twoFactor = dispatch.Table{}
	_         = factorCommand("STATUS", "", "Says whether a second factor is needed.", factorStatus)
	_         = factorCommand("LIST", "", "Lists the second factors.", factorList)
	_         = factorCommand("CHALLENGE", "<type>", "Begins to add a second factor.", factorChallenge)
	_         = factorCommand("ADD", "<type> <name> <data>", "Adds a second factor.", factorAdd)
	_         = factorCommand("REMOVE", "<id>", "Removes a second factor.", factorRemove)
	_         = factorCommand("ENABLE", "", "Lets your account need a second factor.", factorEnable)
	_         = factorCommand("DISABLE", "<type> <data>", "Lets your account need no second factor any more.", factorDisable)
)

func factorCommand(name, usage string, help lang.Text, run func(*dispatch.Request, *accounts.Account) error) bool {
	return twoFactor.Add(dispatch.Command{
		Name: name, Usage: usage, Help: help, Phase: dispatch.AnyPhase, Cost: 5, Quiet: true,
		Run: func(r *dispatch.Request) error {
			if r.Server.Accounts == nil || r.Account() == "" {
				return factorFail("NOT_AUTHENTICATED", "Log in to your account first.")
			}
			a := r.Server.Accounts.Lookup(r.Account())
			if a == nil {
				return factorFail("NOT_AUTHENTICATED", "Log in to your account first.")
			}
			return run(r, a)
		},
	})
}

func factorFail(code string, text lang.Text) error {
	return numerics.Fail{Command: "2FA", Code: code, Text: text}
}

func factorNote(r *dispatch.Request, code string, context []string, text lang.Text) {
	r.Note(numerics.Fail{Command: "2FA", Code: code, Context: context, Text: text})
}

func factorStatus(r *dispatch.Request, a *accounts.Account) error {
	if a.TwoFactor {
		factorNote(r, "ENABLED", nil, "Your account needs a second factor.")
	} else {
		factorNote(r, "DISABLED", nil, "Your account needs no second factor.")
	}
	return nil
}

func factorList(r *dispatch.Request, a *accounts.Account) error {
	if len(a.Factors) == 0 {
		factorNote(r, "NO_CREDENTIALS", nil, "Your account has no second factors.")
	}
	for _, f := range a.Factors {
		factorNote(r, "CREDENTIAL", []string{f.ID, string(f.Type), f.Name, f.Added.UTC().Format(time.RFC3339)}, "A second factor")
	}
	return nil
}

// factorType returns the type that is parameter 1, if it can be used here.
func factorType(r *dispatch.Request) (accounts.FactorType, error) {
	t := accounts.FactorType(casemap.ASCII.Fold(r.Param(1)))
	switch {
	case t == accounts.TOTP, r.Peer.Secure && t == accounts.Certificate, r.Peer.Secure && t == accounts.Passkey && r.Server.Accounts.TakesPasskeys():
		return t, nil
	case t == accounts.Certificate:
		return t, factorFail("INVALID_TYPE", "Certificates need a TLS connection.")
	}
	return t, factorFail("INVALID_TYPE", "This type of second factor is not known here.")
}

// stale is the answer to who has logged in long ago.
var stale = factorFail("NOT_AUTHENTICATED", "Log in again first, with your password: your client may have been left alone.")

func factorRemove(r *dispatch.Request, a *accounts.Account) error {
	if !r.Fresh() {
		return stale
	}
	id := r.Param(1)
	err := r.Wait(func(ctx context.Context) error { return r.Server.Accounts.RemoveFactor(ctx, a.Name, id) })
	if err != nil {
		return factorError(err, "UNKNOWN_CREDENTIAL")
	}
	r.Say("2FA", []string{"REMOVE", "SUCCESS", id}, "The second factor has been removed.")
	return nil
}

func factorEnable(r *dispatch.Request, a *accounts.Account) error {
	if !r.Fresh() {
		return stale
	}
	var codes []string
	err := r.Wait(func(ctx context.Context) (err error) {
		codes, err = r.Server.Accounts.NeedFactor(ctx, a.Name)
		return err
	})
	if err != nil {
		return factorError(err, "ALREADY_ENABLED")
	}
	factorNote(r, "RECOVERY_CODES", codes, "Each of these replaces your second factor once. Write them down: they are not shown again.")
	r.Say("2FA", []string{"ENABLE", "SUCCESS"}, "From now on your account needs a second factor.")
	return nil
}

// factorDisable takes a code, or a certificate; "recovery" is a type for codes that
// replace a second factor.
func factorDisable(r *dispatch.Request, a *accounts.Account) error {
	answer := accounts.Answer{Code: r.Param(2)}
	if casemap.ASCII.Equal(r.Param(1), string(accounts.Certificate)) {
		fp, err := accounts.Fingerprint(r.Param(2))
		if err != nil || fp != r.Peer.CertFP {
			return factorFail("INVALID_CHALLENGE_RESPONSE", "This is not the certificate of your connection.")
		}
		answer = accounts.Answer{Fingerprint: fp}
	} else if !casemap.ASCII.Equal(r.Param(1), "recovery") {
		if _, err := factorType(r); err != nil {
			return err
		}
	}
	err := r.Wait(func(ctx context.Context) error { return r.Server.Accounts.WaiveFactor(ctx, a.Name, answer) })
	switch {
	case errors.Is(err, accounts.ErrAlready):
		return factorFail("ALREADY_DISABLED", "Your account needs no second factor.")
	case err != nil:
		return factorError(err, "INVALID_CHALLENGE_RESPONSE")
	}
	r.Say("2FA", []string{"DISABLE", "SUCCESS"}, "Your account needs no second factor any more.")
	return nil
}

// factorError is the answer to an error; wrong is the code for what the client has got
// wrong.
func factorError(err error, wrong string) error {
	for _, x := range []struct {
		err  error
		code string
		text lang.Text
	}{
		{accounts.ErrThrottled, "RATE_LIMITED", "There have been too many failed attempts. Try again later."},
		{accounts.ErrNoFactor, "NO_CREDENTIALS", "Add a second factor first."},
		{accounts.ErrAlready, wrong, "That is so already."},
		{accounts.ErrLast, "REMOVE_LAST_CREDENTIAL", "This is your last second factor. Send 2FA DISABLE first."},
		{accounts.ErrNoSuch, wrong, "There is no such second factor."},
		{accounts.ErrLabel, "INVALID_NAME", "A name has at most 64 bytes and no spaces."},
		{accounts.ErrCode, wrong, "The code is wrong."},
		{accounts.ErrCredentials, wrong, "This is not right."},
		{sasl.ErrFailed, wrong, "This is too long, or not base64."},
		{sasl.ErrTooLong, wrong, "This is longer than 400 bytes."},
		{sasl.ErrAborted, wrong, "It is not added."},
		{accounts.ErrCertificate, wrong, "This is not a fingerprint, the SHA-256 of a certificate."},
		{accounts.ErrExists, wrong, "This second factor has been added before."},
		{accounts.ErrLimit, wrong, "You have as many second factors as you may have."},
		{accounts.ErrSuspended, "NOT_AUTHENTICATED", "The account is suspended."},
		{store.ErrUnavailable, "TEMPORARILY_UNAVAILABLE", "This could not be stored just now. Try again later."},
		{context.DeadlineExceeded, "TEMPORARILY_UNAVAILABLE", "This could not be stored just now. Try again later."},
	} {
		if errors.Is(err, x.err) {
			return factorFail(x.code, x.text)
		}
	}
	return err
}
