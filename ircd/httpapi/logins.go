package httpapi

import (
	"errors"
	"net/netip"
	"time"

	"github.com/parley-irc/parley/ircd/accounts"
)

// A Login is a login to an account.
type Login struct {
	At      time.Time `json:"at" doc:"When."`
	Method  string    `json:"method,omitempty" doc:"By what: password, scram, external (a certificate), app (an app password), token, passkey."`
	By      string    `json:"by,omitempty" doc:"The fingerprint of the certificate, or the name of the app password."`
	Address string    `json:"address,omitempty" doc:"From where."`
}

// A LoginList is how an account was used.
type LoginList struct {
	Recent []Login   `json:"recent" doc:"The last logins, the latest first."`
	Failed int       `json:"failed" doc:"How many attempts have failed since the last login."`
	Seen   time.Time `json:"seen,omitzero" doc:"When somebody who is logged in was last there."`
}

func logins(c *Call, q AccountName, _ none) (LoginList, error) {
	a, err := q.find(c)
	if err != nil {
		return LoginList{}, err
	}
	l, err := c.Core.Accounts.Logins(c.r.Context(), a.Name)
	if err != nil {
		return LoginList{}, err
	}
	x := LoginList{Recent: []Login{}, Failed: l.Failed, Seen: l.Seen.UTC()}
	for _, n := range l.Recent {
		x.Recent = append(x.Recent, Login{n.At.UTC(), string(n.Method), n.By, n.Address})
	}
	return x, nil
}

// Credentials are what somebody claims to be.
type Credentials struct {
	Name     string `json:"name" doc:"The name of an account."`
	Password string `json:"password" doc:"The password, or an app password."`
	Address  string `json:"address,omitempty" doc:"The IP address of who claims it: attempts that fail are counted for it."`
}

// A Verdict is whether credentials are right.
type Verdict struct {
	OK      bool   `json:"ok" doc:"Whether somebody with these credentials could log in now."`
	Account string `json:"account,omitempty" doc:"The name of the account, if so."`
	Reason  string `json:"reason,omitempty" doc:"Why not. An account that does not exist cannot be told from a wrong password."`
}

func checkAccount(c *Call, _ none, b Credentials) (Verdict, error) {
	if c.Core.Accounts == nil {
		return Verdict{}, noAccounts
	}
	var addr netip.Addr
	if b.Address != "" {
		var err error
		if addr, err = netip.ParseAddr(b.Address); err != nil {
			return Verdict{}, Invalid.Because("%q is no IP address.", b.Address).In("address")
		}
	}
	proof, err := c.Core.Accounts.At(addr).Password(c.r.Context(), b.Name, b.Password)
	v := Verdict{}
	if err == nil {
		err = c.Core.Accounts.Authorise(proof, addr, func(g accounts.Grant) { v = Verdict{OK: true, Account: g.Account().Name} })
	}
	switch {
	case err == nil:
		return v, nil
	case errors.Is(err, accounts.ErrThrottled), errors.Is(err, accounts.ErrBusy), errors.Is(err, accounts.ErrAuthority):
		return v, err
	case errors.Is(err, accounts.ErrCredentials), errors.Is(err, accounts.ErrNotFound):
		return Verdict{Reason: accounts.ErrCredentials.Error()}, nil
	}
	for _, known := range []error{accounts.ErrUnverified, accounts.ErrSuspended, accounts.ErrExpired, accounts.ErrMethod, accounts.ErrSecondFactor, accounts.ErrNoFactor} {
		if errors.Is(err, known) {
			return Verdict{Reason: known.Error()}, nil
		}
	}
	return v, err
}
