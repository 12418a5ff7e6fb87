package dispatch

import (
	"context"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/passkey"
	"github.com/parley-irc/parley/ircd/totp"
)

// EnrolTOTP begins to add an authenticator to the client's account: it returns the key
// for it, and the address that it reads from a picture.
func (r *Request) EnrolTOTP() (key, address string) {
	key = totp.New()
	r.Enrol(Enrolment{Type: accounts.TOTP, Key: key})
	return key, totp.URL(key, r.Server.Config().Network.Name, r.Account())
}

// AddTOTP adds the authenticator that EnrolTOTP has begun to add, which shows code. ok is
// false if there is none.
func (r *Request) AddTOTP(label, code string) (id string, ok bool, err error) {
	e, ok := r.Enrolment(accounts.TOTP)
	if !ok {
		return "", false, nil
	}
	account := r.Account()
	err = r.Wait(func(ctx context.Context) (err error) {
		id, err = r.Server.Accounts.AddTOTP(ctx, account, label, e.Key, code)
		return err
	})
	if err == nil {
		r.Enrolled()
	}
	return id, true, err
}

// EnrolPasskey begins to add a passkey to the client's account: it returns what the client
// needs to have it made.
func (r *Request) EnrolPasskey() (passkey.Creation, error) {
	c, q, err := r.Server.Accounts.BeginPasskey(r.Account())
	if err == nil {
		r.Enrol(Enrolment{Type: accounts.Passkey, question: q})
	}
	return c, err
}

// AddPasskey takes a part of the client's answer, in chunks as of AUTHENTICATE, and adds
// the passkey with the last one. ok is false if EnrolPasskey has not begun to.
func (r *Request) AddPasskey(label, chunk string) (id string, done, ok bool, err error) {
	e, ok := r.Enrolment(accounts.Passkey)
	if !ok {
		return "", false, false, nil
	}
	data, done, err := r.identity().enrolment.answer.Feed(chunk)
	if err != nil || !done {
		return "", done, true, err
	}
	r.Enrolled() // an answer is tried once
	made, err := passkey.ReadCreated(data)
	if err != nil {
		return "", true, true, accounts.ErrCode
	}
	account := r.Account()
	err = r.Wait(func(ctx context.Context) (err error) {
		id, err = r.Server.Accounts.AddPasskey(ctx, account, label, e.question, made)
		return err
	})
	return id, true, true, err
}
