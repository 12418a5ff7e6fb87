package config

import (
	"slices"
	"time"
)

// An issuer of tokens, one [[accounts.issuer]] for each, such as the single sign-on of a
// company. Clients log in by its tokens with SASL OAUTHBEARER or IRCV3BEARER, over TLS.
type Issuer struct {
	// What the issuer is called here. Accounts are tied to this name: keep it.
	Name string `toml:"name" form:"word" required:"true"`
	// How its tokens are checked: "secret", one that it shares with this server; "key",
	// a public key in a file; "jwks", public keys at an address; "discovery", public
	// keys that are found from the issuer's address (OpenID Connect); "introspection",
	// by asking an address about each token, which need not be signed.
	Check string `toml:"check" oneof:"secret|key|jwks|discovery|introspection"`
	// What tokens call the issuer, character by character.
	Issuer string `toml:"issuer" form:"url"`
	// For whom a token must have been made: one of these. A token for another service
	// does not count.
	Audience []string `toml:"audience" required:"true"`
	// The secret for "secret", or the password of this server for "introspection".
	Secret string `toml:"secret" secret:"true"`
	// The file with public keys or certificates in PEM, for "key". It is read again at
	// each rehash.
	Key string `toml:"key" form:"path"`
	// The address for "jwks" or "introspection".
	URL string `toml:"url" form:"url"`
	// The name of this server for "introspection".
	ClientID string `toml:"client-id"`
	// The claim that has the name of the account. Empty for "preferred_username".
	Claim string `toml:"claim"`
	// The domain that this name must end in, "alice@example.org", and that is not part
	// of the account's. Empty for none.
	Domain string `toml:"domain" form:"server"`
	// Make an account for who has none yet.
	Create bool `toml:"create"`
	// Names are the same there as here: whoever has a token of the name of an account
	// owns that. Otherwise owners tie theirs by NickServ IDENTITY ADD.
	TrustNames bool `toml:"trust-names"`
	// Its addresses may be private, and without TLS.
	Private bool `toml:"private-addresses"`
	// How long it may take to answer. 0 for 10 seconds.
	Timeout Duration `toml:"timeout" range:"0s..1m"`
}

// A program that knows accounts and passwords, such as those of a web site. It is asked
// about names that have no password here. Without a command and a socket there is none.
type Script struct {
	// The program and its arguments. It reads questions and writes answers, JSON on a
	// line each, and may go on reading: docs/manual/accounts.md has the protocol.
	Command []string `toml:"command"`
	// The unix socket of a program that runs already, instead of the command.
	Socket string `toml:"socket" form:"path"`
	// How many of the program run, or how many connections to it there are.
	Workers int `toml:"workers" range:"1..64"`
	// How long it may take to answer. Then it is killed, and another is started.
	Timeout Duration `toml:"timeout" range:"100ms..1m"`
	// Make an account for who has none yet.
	Create bool `toml:"create"`
	// Names are the same there as here, see accounts.issuer.
	TrustNames bool `toml:"trust-names"`
}

// A directory (LDAP) that knows people and their passwords. It is asked about names that
// have no password here.
type LDAP struct {
	// The address: "ldaps://ldap.example.org", or "ldap://" with start-tls. Empty for
	// none.
	URL string `toml:"url" form:"ldap"`
	// Begin TLS on a connection to an "ldap://" address.
	StartTLS bool `toml:"start-tls"`
	// The file with the certificate of the authority that vouches for the directory, in
	// PEM. Empty for those of the system.
	CA string `toml:"ca" form:"path"`
	// The entry of a person, with %s for the name: "uid=%s,ou=people,dc=example,dc=org".
	// Empty to search for it.
	User string `toml:"user"`
	// The entry that may search. Empty for anybody.
	BindDN string `toml:"bind-dn"`
	// Its password.
	BindPassword string `toml:"bind-password" secret:"true"`
	// Where people are searched for.
	Base string `toml:"base"`
	// What is searched for, with %s for the name.
	Filter string `toml:"filter" form:"filter"`
	// The attribute that has the name of the account.
	Name string `toml:"name-attribute" form:"word"`
	// The attribute that has the e-mail address. Empty for none.
	Email string `toml:"email-attribute" form:"word"`
	// The groups of which a person must be in one. Empty for everybody.
	Groups []string `toml:"groups"`
	// The attribute of people that has their groups.
	GroupAttribute string `toml:"group-attribute" form:"word"`
	// How many people are asked about at once.
	Workers int `toml:"workers" range:"1..64"`
	// How long the directory may take to answer.
	Timeout Duration `toml:"timeout" range:"100ms..1m"`
	// Make an account for who has none yet.
	Create bool `toml:"create"`
	// Names are the same there as here, see accounts.issuer.
	TrustNames bool `toml:"trust-names"`
}

func exampleIssuer() Issuer {
	return Issuer{Name: "staff", Check: "discovery", Issuer: "https://id.example.org", Audience: []string{"irc"}, Create: true}
}

func defaultScript() Script {
	return Script{Command: []string{}, Workers: 4, Timeout: Duration(5 * time.Second), Create: true}
}

func defaultLDAP() LDAP {
	return LDAP{
		Filter: "(uid=%s)", Name: "uid", Email: "mail", Groups: []string{}, GroupAttribute: "memberOf", Workers: 8,
		Timeout: Duration(5 * time.Second), Create: true,
	}
}

// Enabled reports whether there is a program.
func (s *Script) Enabled() bool { return len(s.Command) > 0 || s.Socket != "" }

// Enabled reports whether there is a directory.
func (l *LDAP) Enabled() bool { return l.URL != "" }

// authorities reports what does not go together in those who are asked about accounts.
func (d *decoder) authorities(a *Accounts) {
	seen := []string{"script", "ldap"} // accounts are tied to these names, too
	for i, x := range a.Issuers {
		path := index("accounts.issuer", i)
		if slices.Contains(seen, x.Name) {
			d.bad(path+".name", "is %q again; every issuer needs a name of its own, and not \"script\" or \"ldap\"", x.Name)
		}
		seen = append(seen, x.Name)
		d.issuer(path, &x)
	}
	if s := a.Script; len(s.Command) > 0 && s.Socket != "" {
		d.bad("accounts.script.socket", "is instead of a command; remove one of them")
	}
	d.ldap(&a.LDAP)
}

func (d *decoder) issuer(path string, x *Issuer) {
	needs := func(key, value, right string) {
		if value == "" {
			d.bad(path+"."+key, "is missing; write %s", right)
		}
	}
	if x.Check != "introspection" {
		needs("issuer", x.Issuer, "what tokens have as iss, "+forms["url"].right)
	}
	switch x.Check {
	case "secret":
		if !forms["secret"].ok(x.Secret) {
			d.bad(path+".secret", "is missing or too short; write %s", forms["secret"].right)
		}
	case "key":
		needs("key", x.Key, "the path of the public key")
	case "jwks", "introspection":
		needs("url", x.URL, forms["url"].right)
	}
	for _, url := range []string{x.URL, x.Issuer} {
		if x.Check != "secret" && x.Check != "key" && len(url) > 5 && url[:5] == "http:" && !x.Private {
			d.bad(path+".url", "is not https; write private-addresses = true if nobody can listen")
		}
	}
}

func (d *decoder) ldap(l *LDAP) {
	switch {
	case !l.Enabled():
	case l.User == "" && l.Base == "":
		d.bad("accounts.ldap.base", "is missing; write where people are, such as \"ou=people,dc=example,dc=org\", or their entry as user")
	case l.User != "" && !forms["filter"].ok("("+l.User+")"):
		d.bad("accounts.ldap.user", `has no %%s for the name; write "uid=%%s,ou=people,dc=example,dc=org"`)
	case l.User == "" && l.Filter == "":
		d.bad("accounts.ldap.filter", "is missing; write %s", forms["filter"].right)
	}
}
