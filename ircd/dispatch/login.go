package dispatch

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/sasl"
	"github.com/parley-irc/parley/ircd/state"
)

// Mechanisms returns the SASL mechanisms that the client is offered; there are
// none without accounts.
func (c *Conn) Mechanisms() sasl.Table {
	if c.Server.Accounts == nil {
		return nil
	}
	return c.Server.mechanismsFor(c.Peer.Secure)
}

// Prover returns who can prove an identity from the client's address.
func (c *Conn) Prover() *accounts.Prover { return c.Server.Accounts.At(c.Addr()) }

// StartSASL begins an exchange by the mechanism of this name. One that was going
// on is dropped.
func (c *Conn) StartSASL(mechanism string) error {
	x, err := c.Mechanisms().Start(mechanism, sasl.Env{
		Prover: c.Prover(), Names: c.Server.Network.World.Mapping, Fingerprint: c.Peer.CertFP,
	})
	c.exchange = x
	return err
}

// SASL returns the exchange that is going on, or nil.
func (c *Conn) SASL() *sasl.Exchange { return c.exchange }

// EndSASL drops the exchange that is going on, and with it all that was half done.
func (c *Conn) EndSASL() { c.exchange = nil }

// Login makes the client's session that of an account, if its owner has proved to
// be behind it and nothing forbids it. It sends 900.
func (r *Request) Login(account string, method accounts.Method) error {
	l := accounts.Login{Account: account, Method: method, Address: r.Addr()}
	err := r.Server.Accounts.Authorise(l, func(g accounts.Grant) {
		name := g.Account().Name
		r.Reply(numerics.LoggedIn.With(r.source(), name).Fmt(name))
		if r.User == nil {
			r.Registration.Account, r.Registration.Method = name, method
			return
		}
		r.Server.Network.SetAccount(r.Actor(), name)
		r.Server.settle(r.User, g.Account())
	})
	if err != nil {
		r.Server.Log.Info("login refused", "account", account, "method", string(method), "addr", r.RealAddr(), "error", err)
	}
	return err
}

// Enter calls connect, which makes the client a user, or a session of one. If the
// client has logged in before, that must still be allowed at this moment.
func (r *Request) Enter(connect func() (*state.User, error)) (u *state.User, err error) {
	g := r.Registration
	if g.Account == "" {
		return connect()
	}
	l := accounts.Login{Account: g.Account, Method: g.Method, Address: r.Addr()}
	refused := r.Server.Accounts.Authorise(l, func(x accounts.Grant) {
		if u, err = connect(); u != nil {
			r.Server.settle(u, x.Account())
		}
	})
	if refused != nil {
		return nil, Quit{Reason: LoginText(refused)}
	}
	return u, err
}

// Logout ends the login of the client's user. It sends 901.
func (r *Request) Logout() {
	if r.User == nil {
		r.Registration.Account = ""
	} else {
		r.Server.Network.SetAccount(r.Actor(), "")
		r.Server.Protect(r.User)
	}
	r.Reply(numerics.LoggedOut.With(r.source()))
}

// Account returns the account that the client is logged in to, or "".
func (c *Conn) Account() string {
	if c.User != nil {
		return c.User.Account()
	}
	return c.Registration.Account
}

// source is nick!user@host, as far as it is known.
func (r *Request) source() string {
	if r.User != nil {
		return r.User.Source()
	}
	nick, ident := "*", "*"
	if r.Registration.Nick != "" {
		nick = r.Registration.Nick
	}
	if r.Registration.Ident != "" {
		ident = r.Registration.Ident
	}
	return nick + "!" + ident + "@" + r.RealAddr()
}

// LoginText says in a sentence why a login failed. It does not tell an account
// that does not exist from a wrong password.
func LoginText(err error) string {
	var throttled *accounts.ThrottledError
	switch {
	case errors.As(err, &throttled):
		return "Too many failed attempts; try again in " + strconv.Itoa(int(throttled.Wait.Seconds())+1) + " seconds"
	case errors.Is(err, accounts.ErrBusy), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return "Too many people are logging in just now; try again in a minute"
	case errors.Is(err, accounts.ErrUnverified):
		return "Confirm your account first, with the code that was sent to you"
	case errors.Is(err, accounts.ErrSuspended):
		return "The account is suspended"
	case errors.Is(err, accounts.ErrExpired):
		return "The account has expired"
	case errors.Is(err, accounts.ErrMethod):
		return "The account does not allow this way to log in"
	}
	return "The account name or the password is wrong"
}

// accountOffer adds the capabilities that need accounts. EXTERNAL needs TLS.
func (s *Server) accountOffer(c *config.Config, secure bool, set caps.Set, values map[caps.Cap]string) caps.Set {
	if s.Accounts == nil {
		return set
	}
	values[caps.SASL] = s.mechanismsFor(secure).String()
	set = set.With(caps.SASL)
	r := c.Accounts.Registration
	if !r.Enabled {
		return set
	}
	words := []string{"custom-account-name"}
	if r.BeforeConnect {
		words = append(words, "before-connect")
	}
	if r.EmailRequired {
		words = append(words, "email-required")
	}
	values[caps.AccountRegistration] = strings.Join(words, ",")
	return set.With(caps.AccountRegistration)
}

func (s *Server) mechanismsFor(secure bool) sasl.Table {
	if secure {
		return sasl.All
	}
	return sasl.All.Only("SCRAM-SHA-256", "PLAIN")
}
