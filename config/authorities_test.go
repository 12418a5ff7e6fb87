package config

import (
	"strings"
	"testing"
)

func TestAuthorityErrors(t *testing.T) {
	const (
		secret = "secret = \"0123456789abcdef0123456789abcdef\"\n"
		aud    = "audience = [\"irc\"]\n"
		iss    = "issuer = \"https://id.example.org\"\n"
	)
	issuer := func(name, check, more string) string {
		return "[[accounts.issuer]]\nname = \"" + name + "\"\ncheck = \"" + check + "\"\n" + more
	}
	for text, want := range map[string]string{
		issuer("a", "secret", iss+aud+secret):                               "",
		issuer("a", "discovery", iss+aud):                                   "",
		issuer("a", "jwks", iss+aud+"url = \"https://x/keys\"\n"):           "",
		issuer("a", "introspection", aud+"url = \"https://x/about\"\n"):     "",
		issuer("a", "magic", iss+aud):                                       "accounts.issuer.check: cannot be",
		issuer("a", "secret", iss+aud):                                      "accounts.issuer.secret: is missing",
		issuer("a", "secret", iss+aud+"secret = \"short\"\n"):               "accounts.issuer.secret: is missing or too short",
		issuer("a", "key", iss+aud):                                         "accounts.issuer.key: is missing",
		issuer("a", "jwks", iss+aud):                                        "accounts.issuer.url: is missing",
		issuer("a", "introspection", aud):                                   "accounts.issuer.url: is missing",
		issuer("a", "secret", aud+secret):                                   "accounts.issuer.issuer: is missing",
		issuer("a", "secret", iss+secret):                                   "accounts.issuer.audience: is missing",
		issuer("a", "jwks", iss+aud+"url = \"http://x/keys\"\n"):            "is not https",
		issuer("script", "secret", iss+aud+secret):                          "is \"script\" again",
		issuer("a", "discovery", iss+aud) + issuer("a", "key", iss+aud):     "is \"a\" again",
		"[accounts.script]\ncommand = [\"x\"]\nsocket = \"y\"":              "accounts.script.socket: is instead of a command",
		"[accounts.ldap]\nurl = \"ldaps://x\"":                              "accounts.ldap.base: is missing",
		"[accounts.ldap]\nurl = \"ldaps://x\"\nuser = \"uid=x\"":            "accounts.ldap.user: has no %s",
		"[accounts.ldap]\nurl = \"ldaps://x\"\nuser = \"uid=%s,dc=x\"":      "",
		"[accounts.ldap]\nurl = \"https://x\"":                              "accounts.ldap.url: cannot be",
		"[accounts.ldap]\nfilter = \"uid=%s\"":                              "accounts.ldap.filter: cannot be",
		"[accounts.ldap]\nfilter = \"(|(uid=%s)(mail=%s))\"":                "accounts.ldap.filter: cannot be",
		"[accounts.ldap]\nurl = \"ldap://x\"\nbase = \"dc=x\"\nfilter=\"\"": "accounts.ldap.filter: is missing",
		"[accounts.passkeys]\ndomain = \"example.org\"\norigins = [\"https://example.org\", \"https://irc.example.org:8080\"]": "",
		"[accounts.passkeys]\ndomain = \"example.org\"\norigins = [\"https://badexample.org\"]":                                "is not of the domain example.org",
	} {
		_, err := Parse("x.toml", []byte(text), nil)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n%v, want %q", text, err, want)
		}
	}
}
