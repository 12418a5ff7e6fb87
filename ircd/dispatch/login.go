package dispatch

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/store"
)

// Prover returns who can prove an identity from the client's address.
func (c *Conn) Prover() *accounts.Prover { return c.Server.Accounts.At(c.Addr()) }

// Login makes the client's session that of an account, if its owner has proved to
// be behind it and nothing forbids it. It sends 900.
func (r *Request) Login(p accounts.Proof) error {
	before := r.Account()
	err := r.Server.Accounts.Authorise(p, r.Addr(), func(g accounts.Grant) {
		name := g.Account().Name
		r.setLanguage(g.Account())
		i := r.identity()
		i.proof, i.linkUntil = p, time.Time{}
		r.Reply(numerics.LoggedIn.With(r.source(), name).Fmt(name))
		if r.User == nil {
			r.Registration.Account, r.Registration.Proof = name, p
			return
		}
		r.Server.Network.SetAccount(r.Actor(), name)
		r.Server.settle(r.User, g.Account())
	})
	if errors.Is(err, accounts.ErrSecondFactor) {
		return err
	}
	if err != nil {
		r.Server.Log.Info("login refused", "account", p.Account(), "method", string(p.Method()), "addr", r.RealAddr(), "error", err)
		r.InformOfLogin(err)
		return err
	}
	r.Server.Tally.LoggedIn.Add(1)
	r.Server.Accounts.Note(p, r.Addr())
	r.AutoOper()
	a := r.Server.Accounts.Lookup(p.Account())
	if a == nil || r.User == nil {
		return nil
	}
	r.Server.tellPersistence(a)
	if err := r.adoptProfile(); err != nil {
		return err
	}
	if before != a.Name {
		r.tellMissed(a.Name)
	}
	r.Arrive()
	return nil
}

// Arrive tells the client what there is to tell those who are logged in to its account.
func (r *Request) Arrive() {
	if r.Account() == "" {
		return
	}
	for _, f := range r.Server.Arrived {
		f(r)
	}
}

// logged is told of a user whose account has changed.
func (s *Server) logged(by network.Actor, before string) {
	s.followHost(by.User, before)
	if by.Account() == "" {
		return
	}
	for _, f := range s.LoggedIn {
		f(by)
	}
}

// Renew notes that the owner of the client's account has shown again to be behind it.
func (r *Request) Renew(p accounts.Proof) error {
	return r.Server.Accounts.Authorise(p, r.Addr(), func(g accounts.Grant) {
		if g.Account().Name == r.Account() {
			r.identity().proof = p
		}
	})
}

// Enter calls connect, which makes the client a user, or a session of one. If the
// client has logged in before, that must still be allowed at this moment.
func (r *Request) Enter(connect func() (*state.User, error)) (u *state.User, err error) {
	g := r.Registration
	if g.Account == "" {
		return connect()
	}
	refused := r.Server.Accounts.Authorise(g.Proof, r.Addr(), func(x accounts.Grant) {
		if u, err = connect(); u != nil {
			r.Server.settle(u, x.Account())
		}
	})
	if refused != nil {
		return nil, Quit{Reason: LoginText(refused)}
	}
	return u, err
}

// Owner returns the account that somebody has proved to own, if they might also log in
// to it now: for what may be done once, without logging in.
func (r *Request) Owner(p accounts.Proof) (account string, err error) {
	err = r.Server.Accounts.Authorise(p, r.Addr(), func(g accounts.Grant) { account = g.Account().Name })
	return account, err
}

// Logout ends the login of the client's user. It sends 901.
func (r *Request) Logout() {
	if r.User == nil {
		r.Registration.Account = ""
	} else {
		r.Server.Network.SetAccount(r.Actor(), "")
		r.Server.loseOper(r.User)
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

// LoginText says in a sentence, without its full stop, why a login failed. It does not
// tell an account that does not exist from a wrong password.
func LoginText(err error) lang.Text {
	if text, ok := LoginReason(err); ok {
		return text
	}
	return "The account name or the password is wrong"
}

// LoginReason is LoginText for other reasons than that what was shown is wrong.
func LoginReason(err error) (text lang.Text, ok bool) {
	var throttled *accounts.ThrottledError
	if errors.As(err, &throttled) {
		return throttledText(throttled.Wait), true
	}
	for _, x := range loginTexts {
		if errors.Is(err, x.err) {
			return x.text, true
		}
	}
	return "", false
}

var loginTexts = []struct {
	err  error
	text lang.Text
}{
	{accounts.ErrBusy, "Too many people are logging in just now; try again in a minute"},
	{context.Canceled, "Too many people are logging in just now; try again in a minute"},
	{context.DeadlineExceeded, "Too many people are logging in just now; try again in a minute"},
	{accounts.ErrUnverified, "Confirm your account first, with the code that was sent to you"},
	{accounts.ErrSuspended, "The account is suspended"},
	{accounts.ErrExpired, "The account has expired"},
	{accounts.ErrAuthority, "The accounts cannot be checked just now; try again later"},
	{accounts.ErrUnlinked, "The account of this name is somebody's who has not tied it to you. Its owner can: NickServ IDENTITY ADD"},
	{accounts.ErrLinked, "This identity is tied to another account"},
	{accounts.ErrLimit, "The account is tied to as many identities as it may be"},
	{accounts.ErrName, "Your name cannot be the name of an account here"},
	{accounts.ErrExists, "The account of this name is somebody else's"},
	{accounts.ErrConfusable, "The account of a name that looks like this one is somebody else's"},
	{accounts.ErrReserved, "Nobody can have an account of this name"},
	{accounts.ErrMethod, "The account does not allow this way to log in"},
	{accounts.ErrSecondFactor, "The account needs a second factor, which your client does not know. Log in with an app password"},
	{accounts.ErrNoFactor, "The account needs a second factor and has none; ask an operator for help"},
	{store.ErrUnavailable, "The accounts cannot be used just now; try again later"},
}

func throttledText(wait time.Duration) lang.Text {
	switch {
	case wait <= 10*time.Second:
		return "Too many failed attempts; try again in a few seconds"
	case wait <= 90*time.Second:
		return "Too many failed attempts; try again in a minute"
	case wait <= time.Hour:
		return "Too many failed attempts; try again in some minutes"
	}
	return "Too many failed attempts; try again in some hours"
}

// accountOffer adds the capabilities that need accounts. EXTERNAL needs TLS.
func (s *Server) accountOffer(c *config.Config, secure bool, set caps.Set, values map[caps.Cap]string) caps.Set {
	if s.Accounts == nil {
		return set
	}
	values[caps.SASL] = s.offeredFor(secure).String()
	values[caps.TwoFactor] = s.factorTypes(secure)
	set = set.With(caps.TwoFactor)
	if secure {
		set = set.With(caps.ClientCert)
	}
	set = set.With(caps.SASL)
	if s.Network.Push.Enabled() {
		set |= caps.Of(caps.WebPush, caps.WebPushSoju)
	}
	if c.Accounts.AlwaysOn != "off" {
		set = set.With(caps.Persistence)
	}
	if c.Mail.Enabled {
		set = set.With(caps.AccountRecovery)
	}
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
