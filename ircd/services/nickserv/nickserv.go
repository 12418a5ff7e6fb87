// Package nickserv implements NickServ, which manages accounts and the nicks that
// belong to them. Its commands are a file each.
//
// What it does is decided elsewhere, by packages accounts and dispatch, so that it
// is the same as with SASL, REGISTER and the tools of the operating system. Here it
// is put into words.
package nickserv

import (
	"context"
	"errors"
	"strconv"

	"github.com/parley-irc/parley/ircd/accounts"
	auditlog "github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/store"
)

// Service is NickServ.
var Service = &dispatch.Service{
	Nick:     "NickServ",
	Aliases:  []string{"NS"},
	About:    "NickServ registers accounts, and keeps the nicks that belong to them.",
	Commands: dispatch.Table{},
	Groups: []dispatch.Group{
		{Title: "To have an account:", Commands: []string{
			"REGISTER", "VERIFY", "RESEND", "INFO", "SET", "PASSWD", "SENDPASS", "RESETPASS", "VERIFYEMAIL", "UNREGISTER",
		}},
		{Title: "To log in:", Commands: []string{"IDENTIFY", "LOGOUT", "CERT", "APPPASSWORD", "2FA", "IDENTITY"}},
		{Title: "Where it is used:", Commands: []string{"CLIENTS", "LOGINS", "LISTCHANS"}},
		{Title: "Nicks:", Commands: []string{"GROUP", "UNGROUP", "GHOST", "RECOVER", "RELEASE", "STATUS"}},
		{Title: "For operators of the network:", Commands: []string{
			"LIST", "SAREGISTER", "SAPASSWD", "SASET", "SARESET2FA", "SUSPEND", "UNSUSPEND", "ERASE", "RESERVE", "UNRESERVE",
		}},
	},
}

func add(c dispatch.Command, names ...string) bool { return Service.Commands.Add(c, names...) }

var (
	errLoggedOut = numerics.Fail{Text: "You are not logged in. IDENTIFY first."}
	errStale     = numerics.Fail{Text: "Show your password again first: IDENTIFY <account> <password>."}
	errUnknown   = numerics.Fail{Text: "There is no such account."}
)

// own returns the account that the client is logged in to.
func own(r *dispatch.Request) (*accounts.Account, error) {
	if a := r.Server.Accounts.Lookup(r.Account()); r.Account() != "" && a != nil {
		return a, nil
	}
	return nil, errLoggedOut
}

// mine is own for what changes how one logs in: the client must have shown a moment ago
// to be the owner's.
func mine(r *dispatch.Request) (*accounts.Account, error) {
	a, err := own(r)
	if err == nil && !r.Fresh() {
		return nil, errStale
	}
	return a, err
}

// change changes an account by f and says what came of it: if all is well, done.
func change(r *dispatch.Request, f func(ctx context.Context) error, done lang.Text, args ...any) error {
	if err := r.Wait(f); err != nil {
		return explain(err)
	}
	r.Notice(done, args...)
	return nil
}

// explain turns a refusal of the accounts into a sentence; other errors are the
// caller's.
func explain(err error) error {
	var throttled *accounts.ThrottledError
	if errors.As(err, &throttled) {
		return numerics.Fail{}.Because("%s.", dispatch.LoginText(err))
	}
	for _, x := range explanations {
		if errors.Is(err, x.err) {
			return numerics.Fail{Text: x.text}
		}
	}
	return err
}

var explanations = []struct {
	err  error
	text lang.Text
}{
	{dispatch.ErrClosed, "No accounts can be registered just now; try again later."},
	{accounts.ErrName, "That is not a valid name for an account or a nick."},
	{accounts.ErrUnverified, "The account is not confirmed yet."},
	{accounts.ErrExists, "This name is taken."},
	{accounts.ErrConfusable, "This name looks like one that is taken."},
	{accounts.ErrReserved, "This name is reserved."},
	{accounts.ErrPassword, "This password is empty, too long or not UTF-8."},
	{accounts.ErrCertTaken, "This certificate belongs to an account already."},
	{accounts.ErrCertificate, "That is not a certificate fingerprint: 64 hexadecimal digits, the SHA-256 of the certificate."},
	{accounts.ErrLimit, "The account has as many of these as it may have."},
	{accounts.ErrNoSuch, "There is no such thing."},
	{accounts.ErrCode, "The code is wrong or has expired."},
	{accounts.ErrSuspended, "The account is suspended."},
	{accounts.ErrCredentials, "This is not right."},
	{accounts.ErrNoFactor, "You have no second factor, or none is needed. 2FA STATUS shows them."},
	{accounts.ErrLast, "This is your last second factor. 2FA DISABLE first."},
	{accounts.ErrAlready, "That is so already."},
	{accounts.ErrOnlyWay, "Nobody could log in to your account any more."},
	{accounts.ErrLabel, "A name has at most 64 bytes and no spaces."},
	{accounts.ErrElsewhere, "The password of this account is not kept here: change it where you have it from."},
	{accounts.ErrAuthority, "The accounts cannot be checked just now; try again later."},
	{accounts.ErrUnlinked, "The account of this name is somebody's who has not tied it to you."},
	{accounts.ErrLinked, "This identity is tied to another account."},
	{accounts.ErrNotFound, "There is no such account."},
	{accounts.ErrBusy, "Too many people are doing this just now; try again in a minute."},
	{dispatch.ErrTooManyAccounts, "Too many accounts were registered from your address; try again later."},
	{accounts.ErrEmail, "This is not an e-mail address that can be used here."},
	{accounts.ErrMail, "The mail could not be sent just now; try again later."},
	{accounts.ErrNoMail, "This network sends no mail. Ask its operators for help."},
	{store.ErrUnavailable, "The records cannot be changed just now; try again later."},
}

// audit notes what an operator does to somebody's account.
func audit(r *dispatch.Request, what, account string) {
	r.Audit(auditlog.Account, account, what)
}

// number returns the number that a word is, or 0.
func number(word string) int {
	n, err := strconv.Atoi(word)
	if err != nil {
		return 0
	}
	return n
}
