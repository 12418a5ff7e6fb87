// Package bearer finds out whose a bearer token is: a signed one (JWT), by the keys of its
// issuer, or any other by asking the issuer (introspection).
//
// Only tokens of issuers that the configuration names count, and only those that were
// made for this network: a token that somebody has given to another service must not log
// that service in here.
// https://www.rfc-editor.org/rfc/rfc8725
package bearer

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/accounts"
)

// Kinds of tokens, as clients call them. Any is for those that do not say.
const (
	Any   = ""
	JWT   = "jwt"
	OAuth = "oauth2"
)

// maxToken is how long a token may be, in bytes.
const maxToken = 12 << 10

// An Issuer is whose tokens are believed. Exactly one of Secret, Keys, JWKS, Discovery
// and Introspection says how they are checked.
type Issuer struct {
	Name     string // of the authority, here
	URL      string // what the tokens call the issuer
	Audience []string

	Secret        string // signs and checks: HS256, HS384 or HS512
	Keys          []byte // public keys or certificates, in PEM
	JWKS          string // the address of its keys
	Discovery     bool   // the keys are found from URL
	Introspection string // the address that is asked about tokens
	ClientID      string // who asks there
	ClientSecret  string

	Claim   string // that has the name of the account; "" is "preferred_username"
	Domain  string // that the name must end in, and which is not part of it: "" for none
	Rule    accounts.Rule
	Private bool          // its addresses need not be public
	Timeout time.Duration // of a request; 0 is 10 s
}

// A Checker knows the issuers. It implements accounts.Tokens, and may be used by several
// goroutines.
type Checker struct {
	issuers []*issuer
}

type issuer struct {
	Issuer
	check checker
	http  *guarded // nil if nothing is asked
}

// A checker returns the claims of a token that is the issuer's. An error that is not
// ErrAuthority means that it is not.
type checker interface {
	claims(ctx context.Context, token string) (claims, error)
}

// New returns a checker. It asks nobody before there is a token.
func New(issuers []Issuer, now func() time.Time) (*Checker, error) {
	c := &Checker{}
	for _, i := range issuers {
		if i.Claim == "" {
			i.Claim = "preferred_username"
		}
		if i.Timeout == 0 {
			i.Timeout = 10 * time.Second
		}
		x, err := newIssuer(i, now)
		if err != nil {
			return nil, fmt.Errorf("the issuer %s: %w", i.Name, err)
		}
		c.issuers = append(c.issuers, x)
	}
	return c, nil
}

// Close ends connections that wait for another request.
func (c *Checker) Close() {
	for _, i := range c.issuers {
		if i.http != nil {
			i.http.client.CloseIdleConnections()
		}
	}
}

// errToken is why a token does not count.
var errToken = errors.New("the token does not count")

// Check says whose a token is. The error is accounts.ErrCredentials if nobody's, or
// wraps accounts.ErrAuthority.
func (c *Checker) Check(ctx context.Context, kind, token string) (accounts.Identity, accounts.Rule, error) {
	var doubt error
	for _, i := range c.of(kind, token) {
		claims, err := i.check.claims(ctx, token)
		if err == nil {
			var id accounts.Identity
			if id, err = i.identity(claims); err == nil {
				return id, i.Rule, nil
			}
		}
		if errors.Is(err, accounts.ErrAuthority) {
			doubt = fmt.Errorf("the issuer %s: %w", i.Name, err)
		}
	}
	if doubt != nil {
		return accounts.Identity{}, accounts.Rule{}, doubt
	}
	return accounts.Identity{}, accounts.Rule{}, accounts.ErrCredentials
}

// of returns the issuers that a token may be of. One that says who its issuer is is shown
// to nobody else.
func (c *Checker) of(kind, token string) (some []*issuer) {
	if token == "" || len(token) > maxToken || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil
	}
	url, signed := issuerOf(token)
	for _, i := range c.issuers {
		asks := i.Introspection != ""
		switch {
		case kind != Any && kind != JWT && kind != OAuth, kind == JWT && asks, !signed && !asks:
		case signed && i.URL != url && (i.URL != "" || c.knows(url)):
		default:
			some = append(some, i)
		}
	}
	return some
}

func (c *Checker) knows(url string) bool {
	return slices.ContainsFunc(c.issuers, func(i *issuer) bool { return i.URL == url })
}

// issuerOf returns what a signed token says of its issuer, which is not yet believed.
func issuerOf(token string) (url string, signed bool) {
	part := strings.Split(token, ".")
	if len(part) != 3 {
		return "", false
	}
	payload, err := base64.RawURLEncoding.DecodeString(part[1])
	if err != nil {
		return "", false
	}
	var c struct {
		Issuer string `json:"iss"`
	}
	return c.Issuer, json.Unmarshal(payload, &c) == nil
}
