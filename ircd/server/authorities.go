package server

import (
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/authority/bearer"
	"github.com/parley-irc/parley/ircd/authority/directory"
	"github.com/parley-irc/parley/ircd/authority/script"
)

// Authorities are those who know accounts besides this network.
type Authorities struct {
	tokens  *bearer.Checker // nil: there are no issuers
	program *script.Program // nil: none
	people  *directory.Directory
}

// OpenAuthorities returns those of a configuration, none of whom is asked before
// somebody logs in. An error is of type config.Problems.
func OpenAuthorities(c *config.Config, now func() time.Time, log *slog.Logger) (a *Authorities, err error) {
	a = &Authorities{}
	if a.tokens, err = openIssuers(c, now); err != nil {
		return nil, config.Problems{c.Problem("accounts.issuer", "cannot be used: %v", err)}
	}
	if a.people, err = openDirectory(&c.Accounts.LDAP, log); err != nil {
		return nil, config.Problems{c.Problem("accounts.ldap.url", "cannot be used: %v", err)}
	}
	s := c.Accounts.Script
	if !s.Enabled() {
		return a, nil
	}
	if s.Socket == "" {
		if _, err := exec.LookPath(s.Command[0]); err != nil {
			return nil, config.Problems{c.Problem("accounts.script.command", "cannot be used: %v", err)}
		}
	}
	a.program = script.New(script.Options{
		Command: s.Command, Socket: s.Socket, Workers: s.Workers, Timeout: time.Duration(s.Timeout),
		Rule: accounts.Rule{Create: s.Create, Trust: s.TrustNames}, Log: log,
	})
	return a, nil
}

func openIssuers(c *config.Config, now func() time.Time) (*bearer.Checker, error) {
	if len(c.Accounts.Issuers) == 0 {
		return nil, nil
	}
	var all []bearer.Issuer
	for _, x := range c.Accounts.Issuers {
		i := bearer.Issuer{
			Name: x.Name, URL: x.Issuer, Audience: x.Audience, ClientID: x.ClientID, ClientSecret: x.Secret, Claim: x.Claim, Domain: x.Domain,
			Rule: accounts.Rule{Create: x.Create, Trust: x.TrustNames}, Private: x.Private, Timeout: time.Duration(x.Timeout),
		}
		switch x.Check {
		case "secret":
			i.Secret = x.Secret
		case "key":
			text, err := os.ReadFile(x.Key)
			if err != nil {
				return nil, fmt.Errorf("the issuer %s: %w", x.Name, err)
			}
			i.Keys = text
		case "jwks":
			i.JWKS = x.URL
		case "discovery":
			i.Discovery = true
		case "introspection":
			i.Introspection = x.URL
		}
		all = append(all, i)
	}
	return bearer.New(all, now)
}

func openDirectory(l *config.LDAP, log *slog.Logger) (*directory.Directory, error) {
	if !l.Enabled() {
		return nil, nil
	}
	o := directory.Options{
		URL: l.URL, StartTLS: l.StartTLS, User: l.User, BindDN: l.BindDN, BindPassword: l.BindPassword, Base: l.Base, Filter: l.Filter,
		Name: l.Name, Email: l.Email, Groups: l.Groups, GroupAttribute: l.GroupAttribute, Workers: l.Workers, Timeout: time.Duration(l.Timeout),
		Rule: accounts.Rule{Create: l.Create, Trust: l.TrustNames}, Log: log,
	}
	if l.CA != "" {
		text, err := os.ReadFile(l.CA)
		if err != nil {
			return nil, err
		}
		o.CA = text
	}
	return directory.New(o)
}

// Apply lets accounts ask them.
func (a *Authorities) Apply(o *accounts.Options) {
	if a.tokens != nil {
		o.Tokens = a.tokens
	}
	if a.people != nil {
		o.Authorities = append(o.Authorities, a.people)
	}
	if a.program != nil {
		o.Authorities = append(o.Authorities, a.program)
	}
}

// Close ends what runs for them, when they have answered.
func (a *Authorities) Close() {
	if a.tokens != nil {
		a.tokens.Close()
	}
	if a.program != nil {
		a.program.Close()
	}
}
