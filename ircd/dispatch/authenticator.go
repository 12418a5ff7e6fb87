package dispatch

import (
	"context"

	"github.com/parley-irc/parley/ircd/accounts"
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
