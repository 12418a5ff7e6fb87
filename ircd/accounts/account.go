package accounts

import (
	"log/slog"
	"slices"
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/lang"
)

// An Account is what is known of an account, but for its secrets. It must not be
// modified: a change makes another Account.
type Account struct {
	Name   string         `json:"name"`
	ID     string         `json:"id"` // stays when the name changes, and is nobody else's
	Folded casemap.Folded `json:"-"`
	// Formerly are the names that it had, which nobody else can have: they are nicks of
	// it now, or look like its name.
	Formerly []string  `json:"formerly,omitempty"`
	Created  time.Time `json:"created"`
	Email    string    `json:"email,omitempty"`
	// Confirmed means that the owner has shown to read the mail to Email.
	Confirmed bool              `json:"confirmed,omitempty"`
	Verified  bool              `json:"verified"`
	Expires   time.Time         `json:"expires,omitzero"`  // when it ceases to exist, if ever
	Away      time.Time         `json:"away,omitzero"`     // until when the owner is on vacation
	Lasting   bool              `json:"lasting,omitempty"` // it does not expire, however long nobody uses it
	Suspended *Suspension       `json:"suspended,omitempty"`
	Certs     []Cert            `json:"certs,omitempty"`
	Nicks     []string          `json:"nicks,omitempty"`    // grouped with it, besides Name
	Allowed   []Method          `json:"allowed,omitempty"`  // the methods to log in by; if empty, any
	Settings  map[string]string `json:"settings,omitempty"` // by name; what is absent is the network's default
	Revoked   Revocation        `json:"revoked,omitzero"`
	// TwoFactor means that one of the Factors is to be proved, too, whenever somebody
	// logs in.
	TwoFactor bool          `json:"two-factor,omitempty"`
	Factors   []Factor      `json:"factors,omitempty"`
	Apps      []AppPassword `json:"apps,omitempty"`
	Links     []Link        `json:"links,omitempty"`
}

// A Factor is something besides the password that only the owner has. Its secrets are
// kept apart.
type Factor struct {
	ID    string     `json:"id"`
	Type  FactorType `json:"type"`
	Name  string     `json:"name"` // the owner's
	Added time.Time  `json:"added"`
}

// A FactorType is how a factor is proved.
type FactorType string

// The types of factors.
const (
	TOTP        FactorType = "totp"     // a code of an authenticator
	Certificate FactorType = "external" // a TLS client certificate
	Passkey     FactorType = "webauthn"
)

// A Revocation ends the sessions that there were of an account, whatever they were
// proved by.
type Revocation struct {
	At     time.Time `json:"at"`
	Except string    `json:"except,omitempty"` // a session that stays, or ""
	Reason lang.Text `json:"reason,omitempty"`
}

// A Suspension is an operator's decision that nobody may use an account.
type Suspension struct {
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until,omitzero"` // if zero, until it is lifted
}

// A Method is how somebody has proved who they are.
type Method string

// The methods.
const (
	Password Method = "password"
	Scram    Method = "scram"
	External Method = "external" // a client certificate
	App      Method = "app"      // an app password
	Token    Method = "token"    // a token of an authority elsewhere
	// PasskeyAlone is a passkey whose device knows its user.
	PasskeyAlone Method = "passkey"
	Registered   Method = "registered" // has just registered the account
	Recovered    Method = "recovered"  // reads the owner's mail: may choose a password, no more
)

// AllNames returns the name and those that the account had.
func (a *Account) AllNames() []string { return append([]string{a.Name}, a.Formerly...) }

// String returns the name, also when the account is printed with %+v.
func (a *Account) String() string { return a.Name }

// LogValue implements slog.LogValuer.
func (a *Account) LogValue() slog.Value { return slog.StringValue(a.Name) }

// suspended reports whether the account must not be used at a time.
func (a *Account) suspended(now time.Time) bool {
	return a.Suspended != nil && (a.Suspended.Until.IsZero() || now.Before(a.Suspended.Until))
}

func (a *Account) expired(now time.Time) bool { return !a.Expires.IsZero() && !now.Before(a.Expires) }

func (a *Account) hasNick(m casemap.Mapping, nick string) bool {
	return slices.ContainsFunc(a.Nicks, func(n string) bool { return m.Equal(n, nick) })
}
