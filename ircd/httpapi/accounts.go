package httpapi

import (
	"maps"
	"time"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/network"
)

// An Account is an account.
type Account struct {
	Name      string            `json:"name" doc:"The name."`
	ID        string            `json:"id" doc:"What identifies the account also when it has another name, and is nobody else's."`
	Created   time.Time         `json:"created" doc:"When it was registered."`
	Email     string            `json:"email,omitempty" doc:"The address of its owner."`
	Verified  bool              `json:"verified" doc:"Whether it was confirmed, if that is needed."`
	Suspended *Suspension       `json:"suspended,omitempty" doc:"Why nobody may use it, if so."`
	Expires   time.Time         `json:"expires,omitzero" doc:"When it ceases to exist, if ever."`
	Nicks     []string          `json:"nicks" doc:"The nicks that belong to it besides its name."`
	TwoFactor bool              `json:"two_factor" doc:"Whether a second factor is needed to log in."`
	Certs     []string          `json:"certificates" doc:"The SHA-256 fingerprints of the certificates that log in."`
	Apps      []string          `json:"app_passwords" doc:"The names of its app passwords."`
	Settings  map[string]string `json:"settings" doc:"What its owner has set."`
	Online    []string          `json:"online" doc:"The nicks of who is logged in to it now."`
}

// A Suspension is why nobody may use an account.
type Suspension struct {
	Reason string    `json:"reason" doc:"Why."`
	By     string    `json:"by" doc:"Who has decided it."`
	Since  time.Time `json:"since" doc:"When."`
	Until  time.Time `json:"until,omitzero" doc:"Until when; missing if until it is taken back."`
}

var noAccounts = Unavailable.Because("There are no accounts here.")

func (c *Call) accountOf(a *accounts.Account) Account {
	x := Account{
		Name: a.Name, ID: a.ID, Created: a.Created.UTC(), Email: a.Email, Verified: a.Verified, Expires: a.Expires.UTC(),
		Nicks: append([]string{}, a.Nicks...), TwoFactor: a.TwoFactor, Certs: []string{}, Apps: []string{}, Settings: map[string]string{}, Online: []string{},
	}
	if s := a.Suspended; s != nil {
		x.Suspended = &Suspension{s.Reason, s.By, s.Since.UTC(), s.Until.UTC()}
	}
	for _, cert := range a.Certs {
		x.Certs = append(x.Certs, cert.Fingerprint)
	}
	for _, app := range a.Apps {
		x.Apps = append(x.Apps, app.Name)
	}
	maps.Copy(x.Settings, a.Settings)
	w := c.Core.Network.World
	for _, u := range w.Users() {
		if w.Mapping.Equal(u.Account(), a.Name) {
			x.Online = append(x.Online, u.Nick())
		}
	}
	return x
}

// An AccountLine is an account in a list.
type AccountLine struct {
	Name      string    `json:"name" doc:"The name."`
	Created   time.Time `json:"created" doc:"When it was registered."`
	Email     string    `json:"email,omitempty" doc:"The address of its owner."`
	Verified  bool      `json:"verified" doc:"Whether it was confirmed, if that is needed."`
	Suspended bool      `json:"suspended" doc:"Whether nobody may use it."`
}

func listAccounts(c *Call, q Paging, _ none) (List[AccountLine], error) {
	if c.Core.Accounts == nil {
		return List[AccountLine]{}, noAccounts
	}
	var all []*accounts.Account
	c.Core.Accounts.List(func(a *accounts.Account) bool { all = append(all, a); return true })
	show := func(a *accounts.Account) AccountLine {
		return AccountLine{a.Name, a.Created.UTC(), a.Email, a.Verified, a.Suspended != nil}
	}
	return paged(c, q, all, (*accounts.Account).String, everything, show), nil
}

// An AccountName names an account.
type AccountName struct {
	Name string `path:"name" doc:"The name of an account, or a nick that belongs to it."`
}

func (q AccountName) find(c *Call) (*accounts.Account, error) {
	if c.Core.Accounts == nil {
		return nil, noAccounts
	}
	if a := c.Core.Accounts.Lookup(q.Name); a != nil {
		return a, nil
	}
	return nil, NotFound.Because("There is no account %s.", q.Name)
}

func account(c *Call, q AccountName, _ none) (Account, error) {
	a, err := q.find(c)
	if err != nil {
		return Account{}, err
	}
	return c.accountOf(a), nil
}

// A NewAccount is an account that is made.
type NewAccount struct {
	Name     string `json:"name" doc:"The name."`
	Password string `json:"password" doc:"The password."`
	Email    string `json:"email,omitempty" doc:"The address of its owner."`
}

func addAccount(c *Call, _ none, b NewAccount) (Account, error) {
	if c.Core.Accounts == nil {
		return Account{}, noAccounts
	}
	p, _, err := c.Core.Accounts.Register(c.r.Context(), accounts.Registration{Name: b.Name, Password: b.Password, Email: b.Email, Verified: true})
	if err != nil {
		return Account{}, err
	}
	c.Audit(audit.Account, p.Account(), "SAREGISTER")
	return accountAnswer(c, p.Account())
}

// accountAnswer returns an account that has changed.
func accountAnswer(c *Call, name string) (Account, error) {
	return account(c, AccountName{name}, none{})
}

// on does something to an account, and notes it.
func (c *Call) on(q AccountName, act string, f func(a *accounts.Account) error) (Account, error) {
	a, err := q.find(c)
	if err != nil {
		return Account{}, err
	}
	if err := f(a); err != nil {
		return Account{}, err
	}
	c.Audit(audit.Account, a.Name, act)
	return accountAnswer(c, a.Name)
}

func suspendAccount(c *Call, q AccountName, b Sentence) (Account, error) {
	until, err := b.until(c)
	if err != nil {
		return Account{}, err
	}
	return c.on(q, "SUSPEND", func(a *accounts.Account) error {
		return c.Core.Accounts.Suspend(c.r.Context(), a.Name, accounts.Suspension{Reason: b.Reason, By: c.By(), Until: until})
	})
}

func unsuspendAccount(c *Call, q AccountName, _ none) (Account, error) {
	return c.on(q, "UNSUSPEND", func(a *accounts.Account) error {
		return c.Core.Accounts.Unsuspend(c.r.Context(), a.Name)
	})
}

// A NewPassword is a password that is chosen for somebody.
type NewPassword struct {
	Password string `json:"password" doc:"The password. All sessions of the account end."`
}

func changePassword(c *Call, q AccountName, b NewPassword) (Account, error) {
	return c.on(q, "PASSWD", func(a *accounts.Account) error {
		return c.Core.Accounts.ReplacePassword(c.r.Context(), a.Name, b.Password, "")
	})
}

func endSessions(c *Call, q AccountName, _ none) (Account, error) {
	return c.on(q, "LOGOUT", func(a *accounts.Account) error {
		return c.Core.Accounts.EndSessions(c.r.Context(), a.Name, "", lang.Text("An operator has ended the sessions of your account"))
	})
}

func dropFactors(c *Call, q AccountName, _ none) (Account, error) {
	return c.on(q, "2FA DROP", func(a *accounts.Account) error {
		return c.Core.Accounts.DropFactors(c.r.Context(), a.Name)
	})
}

func removeAccount(c *Call, q AccountName, _ none) (none, error) {
	a, err := q.find(c)
	if err != nil {
		return none{}, err
	}
	if _, err := c.Core.EraseAccount(c.r.Context(), network.Actor{}, a); err != nil {
		return none{}, err
	}
	c.Audit(audit.Account, a.Name, "ERASE")
	return none{}, nil
}
