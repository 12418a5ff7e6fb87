package server

import (
	"errors"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/accounts/password"
	"github.com/parley-irc/parley/ircd/extjwt"
	"github.com/parley-irc/parley/ircd/listener"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/languages"
)

// A checker collects what is wrong in a configuration.
type checker struct {
	*config.Config
	problems config.Problems
}

// Check returns what only the server can know to be wrong in a configuration:
// files that cannot be used, modes and privileges that do not exist.
func Check(c *config.Config) config.Problems {
	k := &checker{Config: c}
	k.language()
	k.files()
	k.certificates()
	k.hashes()
	k.privileges()
	k.modes()
	k.proxies()
	k.tokens()
	k.mail()
	k.authorities()
	k.passkeys()
	k.spam()
	k.links()
	k.scopes()
	k.issuer()
	return k.problems
}

func (k *checker) bad(key, format string, args ...any) {
	k.problems = append(k.problems, k.Problem(key, format, args...))
}

func (k *checker) language() {
	all, err := languages.Load()
	if err != nil {
		k.bad("server.language", "cannot be used: %v", err)
		return
	}
	if _, ok := all.Find(k.Server.Language); !ok {
		var tags []string
		for _, l := range all.All() {
			tags = append(tags, l.Tag)
		}
		k.bad("server.language", "%q is none of the languages there are texts in: %s", k.Server.Language, strings.Join(tags, ", "))
	}
}

func (k *checker) files() {
	for key, path := range map[string]string{"server.motd": k.Server.MOTD, "server.rules": k.Server.Rules} {
		if path == "" {
			continue
		}
		if _, err := readText(path); err != nil {
			k.bad(key, "cannot be used: %v", err)
		}
	}
	if info, err := os.Stat(k.Server.DataDir); err == nil && !info.IsDir() {
		k.bad("server.data-dir", "is a file: write the path of a folder")
	}
}

func (k *checker) certificates() {
	k.pair("tls.cert", k.TLS.Cert, k.TLS.Key)
	for i, p := range k.TLS.Certificates {
		k.pair(at("tls.certificate", i, "cert"), p.Cert, p.Key)
	}
	for i, l := range k.Listeners {
		k.pair(at("listener", i, "cert"), l.Cert, l.Key)
	}
}

// pair checks a certificate and its key.
func (k *checker) pair(key, cert, keyFile string) {
	if cert == "" {
		return
	}
	var certs listener.Certificates
	if err := certs.Load([]listener.Pair{{Cert: cert, Key: keyFile}}); err != nil {
		k.bad(key, "cannot be used: %v", err)
	}
}

func (k *checker) hashes() {
	k.hash("server.password", k.Server.Password)
	for i, o := range k.Opers {
		k.hash(at("oper", i, "password"), o.Password)
	}
	for i, w := range k.WebIRC {
		k.hash(at("webirc", i, "password"), w.Password)
	}
}

func (k *checker) hash(key, hash string) {
	if hash == "" {
		return
	}
	if err := password.Check(hash); err != nil {
		k.bad(key, "cannot be checked: %v", err)
	}
}

func (k *checker) privileges() {
	for i, class := range k.OperClasses {
		if name := privs.Unknown(class.Privileges); name != "" {
			k.bad(at("oper-class", i, "privileges"), "there is no privilege %q; docs/reference/privileges.md lists them", name)
		}
	}
}

// proxies sees to it that a listener for proxies knows which to believe.
func (k *checker) proxies() {
	for i, l := range k.Listeners {
		if l.Proxy && len(k.Proxy.AllowedFrom) == 0 && !local(l.Address) {
			k.bad(at("listener", i, "proxy"), "believes nobody; write the addresses of the proxies in [proxy] allowed-from")
		}
	}
}

// mail reads the key of signatures.
func (k *checker) mail() {
	if _, err := MailOptions(k.Config, nil); err != nil {
		k.bad("mail.dkim.key", "cannot be used: %v", err)
	}
}

// passkeys sees to it that keys can sign for the domain.
func (k *checker) passkeys() {
	if k.Accounts.Passkeys.Enabled() && passkeys(k.Config) == nil {
		k.bad("accounts.passkeys.domain", "cannot be what passkeys are for: write a domain such as \"example.org\"")
	}
}

// authorities reads what is needed of those who know accounts.
func (k *checker) authorities() {
	a, err := OpenAuthorities(k.Config, time.Now, slog.New(slog.DiscardHandler))
	var problems config.Problems
	if errors.As(err, &problems) {
		k.problems = append(k.problems, problems...)
		return
	}
	a.Close()
}

// tokens reads the keys of tokens.
func (k *checker) tokens() {
	if _, err := extjwt.New(&k.ExtJWT); err != nil {
		k.bad("extjwt.key", "cannot be used: %v", err)
	}
}
