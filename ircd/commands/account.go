package commands

import (
	"context"
	"errors"
	"strings"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/store"
)

var (
	_ = add(dispatch.Command{
		Name:  "REGISTER",
		Usage: "<account> <email> <password>",
		Help:  "Registers an account; * as its name stands for your nick, * as e-mail for none.",
		Spec:  "https://ircv3.net/specs/extensions/account-registration",
		Phase: dispatch.AnyPhase,
		Cost:  10,
		Run:   registerAccount,
	})
	_ = add(dispatch.Command{
		Name:  "VERIFY",
		Usage: "<account> <code>",
		Help:  "Confirms an account with the code that was sent to you.",
		Spec:  "https://ircv3.net/specs/extensions/account-registration",
		Phase: dispatch.AnyPhase,
		Cost:  10,
		Run:   verifyAccount,
	})
)

func registerFail(code, account string, text lang.Text) error {
	return numerics.Fail{Command: "REGISTER", Code: code, Context: []string{account}, Text: text}
}

func registerAccount(r *dispatch.Request) error {
	name := r.Param(0)
	if name == "*" {
		name = r.Name()
	}
	if name == "*" && r.User == nil && r.Registration.Refused != "" {
		name = r.Registration.Refused
	}
	if err := mayRegister(r, name); err != nil {
		return err
	}
	email := strings.TrimSpace(r.Param(1))
	if email == "*" {
		email = ""
	}
	if email == "" && r.Server.Config().Accounts.Registration.EmailRequired {
		return registerFail("INVALID_EMAIL", word(name), "An e-mail address is needed to register an account")
	}
	p, waits, err := r.RegisterAccount(accounts.Registration{Name: name, Password: r.Param(2), Email: email})
	if err != nil {
		return registerError(err, word(name))
	}
	if waits {
		r.AwaitMail()
		r.Say("REGISTER", []string{"VERIFICATION_REQUIRED", p.Account()}, "A code was sent to your e-mail address. Confirm the account with VERIFY.")
		return nil
	}
	r.Say("REGISTER", []string{"SUCCESS", p.Account()}, "Account created")
	return r.Login(p)
}

// mayRegister checks what does not depend on the accounts there are.
func mayRegister(r *dispatch.Request, name string) error {
	c := r.Server.Config().Accounts.Registration
	switch {
	case r.Server.Accounts == nil || !c.Enabled:
		return registerFail("DISALLOWED", word(name), "Accounts cannot be registered here")
	case r.User == nil && !c.BeforeConnect:
		return registerFail("COMPLETE_CONNECTION_REQUIRED", word(name), "Finish connecting before you register an account")
	case !admitted(r):
		return registerFail("COMPLETE_CONNECTION_REQUIRED", word(name), "This server needs a password; finish connecting first")
	case r.Account() != "":
		return registerFail("ALREADY_AUTHENTICATED", word(name), "You are logged in to an account already")
	case name == "*":
		return registerFail("NEED_NICK", word(name), "Choose a nick first")
	case mixed(r, name):
		return registerFail("BAD_ACCOUNT_NAME", word(name), "This name mixes scripts, so that it could be taken for another")
	}
	if !r.Server.Network.World.NickFree(r.User, name) {
		return registerFail("ACCOUNT_EXISTS", word(name), "Somebody uses this nick, or one that looks like it")
	}
	return nil
}

func registerError(err error, name string) error {
	switch {
	case errors.Is(err, accounts.ErrName):
		return registerFail("BAD_ACCOUNT_NAME", name, "This is not a valid account name")
	case errors.Is(err, accounts.ErrExists), errors.Is(err, accounts.ErrConfusable), errors.Is(err, accounts.ErrReserved):
		return registerFail("ACCOUNT_EXISTS", name, "This name, or one that looks like it, is taken")
	case errors.Is(err, accounts.ErrPassword):
		return registerFail("UNACCEPTABLE_PASSWORD", name, "This password is empty, too long or not UTF-8")
	case errors.Is(err, accounts.ErrBusy), errors.Is(err, store.ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		return registerFail("TEMPORARILY_UNAVAILABLE", name, "The account could not be stored just now. Try again later.")
	case errors.Is(err, accounts.ErrMail):
		return registerFail("TEMPORARILY_UNAVAILABLE", name, "The account waits for a code, which could not be sent. Ask for another with NS RESEND.")
	case errors.Is(err, dispatch.ErrClosed):
		return registerFail("TEMPORARILY_UNAVAILABLE", name, "No accounts can be registered just now. Try again later.")
	case errors.Is(err, dispatch.ErrTooManyAccounts):
		return registerFail("TEMPORARILY_UNAVAILABLE", name, "Too many accounts were registered from your address. Try again later.")
	case errors.Is(err, accounts.ErrEmailRefused):
		return registerFail("UNACCEPTABLE_EMAIL", name, "No mail is sent to this domain. Use another address.")
	case errors.Is(err, accounts.ErrEmail):
		return registerFail("INVALID_EMAIL", name, "This is not an e-mail address that can be used here")
	}
	return err
}

func verifyAccount(r *dispatch.Request) error {
	name := r.Param(0)
	if name == "*" {
		name = r.Name()
	}
	fail := numerics.Fail{Command: "VERIFY", Context: []string{word(name)}}
	switch {
	case r.Server.Accounts == nil:
		fail.Code, fail.Text = "TEMPORARILY_UNAVAILABLE", "There are no accounts here"
		return fail
	case r.User == nil && !r.Server.Config().Accounts.Registration.BeforeConnect:
		fail.Code, fail.Text = "COMPLETE_CONNECTION_REQUIRED", "Finish connecting before you confirm an account"
		return fail
	case r.Account() != "":
		fail.Code, fail.Text = "ALREADY_AUTHENTICATED", "You are logged in to an account already"
		return fail
	}
	var proof accounts.Proof
	p := r.Prover()
	err := r.Wait(func(ctx context.Context) (err error) {
		proof, err = r.Server.Accounts.Verify(ctx, p, name, r.Param(1))
		return err
	})
	var quit dispatch.Quit
	switch {
	case errors.As(err, &quit):
		return err
	case errors.Is(err, accounts.ErrCode), errors.Is(err, accounts.ErrThrottled):
		fail.Code, fail.Text = "INVALID_CODE", "The code is wrong or has expired"
		return fail
	case errors.Is(err, store.ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		fail.Code, fail.Text = "TEMPORARILY_UNAVAILABLE", "This could not be stored just now. Try again later."
		return fail
	case err != nil:
		return err
	}
	r.Say("VERIFY", []string{"SUCCESS", proof.Account()}, "Account confirmed")
	if !r.Has(caps.AccountRegistration) && r.User == nil {
		return nil
	}
	return r.Login(proof)
}
