package config

import (
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// A form is what a text has to look like.
type form struct {
	ok func(string) bool
	// right tells people the right form, after "write".
	right string
}

const unixPrefix = "unix:"

// serverName is the pattern of the names of servers.
const serverName = `[A-Za-z0-9][A-Za-z0-9-]*(\.[A-Za-z0-9][A-Za-z0-9-]*)+`

// forms are the values of the tag "form".
var forms = map[string]form{
	"address":     {isAddress, `an address and port such as "127.0.0.1:6667", "[::1]:6667" or ":6697", or a socket such as "unix:/run/parley/irc.sock"`},
	"cidr":        {isNetwork, `an address or a network, such as "192.0.2.1", "10.0.0.0/8" or "2001:db8::/32"`},
	"client-tag":  {matches(`^(\*|-?[A-Za-z0-9._][A-Za-z0-9._/-]{0,63})$`), `the name of a tag without its plus, such as "typing", one with a minus, or "*"`},
	"contact":     {isContact, `an e-mail address, or a web site such as "https://example.org"`},
	"email":       {matches(`^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$`), `an e-mail address, such as "noreply@example.org"`},
	"fingerprint": {matches(`^[0-9a-f]{64}$`), `the SHA-256 fingerprint of the certificate, as 64 characters of 0-9 and a-f`},
	"guest":       {matches(`^[A-Za-z][A-Za-z_-]{0,15}\?{3,9}$`), `letters and at least three "?", such as "Guest?????"`},
	"hash":        {matches(`^\$(argon2id|2[aby])\$[^\s]+$`), `the hash that "ircd genpasswd" prints`},
	"filter": {func(s string) bool {
		return strings.Count(s, "%s") == 1 && strings.Count(s, "%") == 1 && s[0] == '(' && s[len(s)-1] == ')'
	}, `a filter with %s for the name, such as "(uid=%s)"`},
	"date":       {isDate, `a day such as "2027-12-31", or a moment such as "2027-12-31T12:00:00Z"`},
	"domain":     {matches(`^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*$`), `a host name such as "irc.example.org"`},
	"event":      {matches(`^(\*|[a-z]+(-[a-z]+)*\.(\*|[a-z]+(-[a-z]+)*))$`), `the type of an event, such as "account.registered", "account.*" or "*"`},
	"scope":      {matches(`^(\*|[a-z]+(:[a-z]+)?)$`), `a scope such as "accounts:read", or "*"`},
	"token-hash": {matches(`^sha256:[0-9a-f]{64}$`), `the hash that "ircd token" prints`},
	"host":       {matches(`^[A-Za-z0-9][A-Za-z0-9._:/-]{0,62}$`), `at most 63 letters, digits and . - _ : / (the first a letter or digit)`},
	"ldap":       {matches(`^ldaps?://[A-Za-z0-9.:\[\]_-]+/?$`), `an address such as "ldaps://ldap.example.org"`},
	"language":   {matches(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$`), `the tag of a language, such as "en" or "pt-BR"`},
	"hostport":   {isHostPort, `a host or address and a port, such as "irc2.example.org:6900", "192.0.2.1:6900" or "[2001:db8::1]:6900"`},
	"modes":      {matches(`^\+[A-Za-z]+( [^\s:][^\s]*)*$`), `letters after a plus, such as "+nt"`},
	"network":    {matches(`^[^\s=]{1,50}$`), `a name of at most 50 bytes, without spaces and =`},
	"origin":     {matches(`^(\*|(https?|\*)://[A-Za-z0-9.*:\[\]_-]+)$`), `a web site such as "https://chat.example.org" (no path), or "*"`},
	"path":       {func(string) bool { return true }, `the path of a file`},
	"pin":        {matches(`^` + serverName + ` [0-9a-f]{64}$`), `the line that "ircd mkcert --link" prints: the name of a server, a space and 64 characters of 0-9 and a-f`},
	"separators": {matches(`^[/;<>()]{1,6}$`), `one or more of / ; < > ( )`},
	"port":       {isPort, `the number of a port, such as "443"`},
	"secret":     {func(s string) bool { return len(s) >= 32 }, `32 characters or more, such as "openssl rand -hex 32" prints`},
	"server":     {matches(`^` + serverName + `$`), `a name with a dot, such as "irc.example.org", of letters, digits and -`},
	"group":      {matches(`^[a-z0-9][a-z0-9-]{0,29}$`), `a name of small letters, digits and -, such as "friends"`},
	"channel":    {matches(`^#[^\s,:]{0,127}$`), `the name of a channel, such as "#help"`},
	"subject":    {matches(`^[^\s]{1,200}$`), `an address, a network, a mask or an extended ban, such as "192.0.2.0/24" or "a:bob"`},
	"totp":       {matches(`^[A-Z2-7]{16,128}$`), `the secret that "ircd genpasswd --totp NAME" prints`},
	"url":        {isURL, `an address such as "https://example.org/icon.png"`},
	"word":       {matches(`^[^\s]{1,64}$`), `a word without spaces, of at most 64 bytes`},
}

func matches(pattern string) func(string) bool {
	return regexp.MustCompile(pattern).MatchString
}

func isAddress(s string) bool {
	if path, ok := strings.CutPrefix(s, unixPrefix); ok {
		return path != ""
	}
	if port, ok := strings.CutPrefix(s, ":"); ok {
		_, err := strconv.ParseUint(port, 10, 16)
		return err == nil
	}
	_, err := netip.ParseAddrPort(s)
	return err == nil
}

func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0
}

func isContact(s string) bool {
	if strings.HasPrefix(s, "https://") {
		return isURL(s)
	}
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s
}

func isNetwork(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	_, err := netip.ParsePrefix(s)
	return err == nil
}

func isURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && !strings.ContainsAny(s, " \t")
}
