package server

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/listener"
)

// Advise returns what is allowed in a configuration, but seldom meant. Path is its file,
// or "" if there is none.
func Advise(c *config.Config, path string, now time.Time) config.Problems {
	k := &checker{Config: c}
	k.openListeners()
	k.strictTransport()
	k.exposed()
	k.ages(now)
	k.operators()
	k.readable(path)
	return k.problems
}

// openListeners looks at what others than this machine can reach.
func (k *checker) openListeners() {
	var open, secure bool
	for i, l := range k.Listeners {
		key := at("listener", i, "address")
		if local(l.Address) {
			continue
		}
		open, secure = true, secure || l.TLS
		if !l.TLS && !l.STSOnly && !l.Proxy {
			k.bad(key, "others reach %s without TLS: passwords and messages can be read on the way. Write tls = true below it, "+
				"or sts-only = true to send clients on to TLS, or listen on 127.0.0.1 only", l.Address)
		}
	}
	if open && k.Server.Name == config.Default().Server.Name {
		k.bad("server.name", "is that of the example; give the server a name of its own before others see it")
	}
	if secure && k.TLS.Cert == "" && !k.TLS.ACME.Enabled && !k.ownCertificates() {
		k.bad("tls.cert", "is not set, so that the certificate is self-signed and clients warn of it. "+
			"Write [tls.acme] to get one from an authority such as Let's Encrypt; the manual, tls.md, says how")
	}
}

// ownCertificates reports whether all listeners with TLS that others reach have
// certificates of their own.
func (k *checker) ownCertificates() bool {
	for _, l := range k.Listeners {
		if l.TLS && l.Cert == "" && !local(l.Address) {
			return false
		}
	}
	return true
}

// strictTransport looks at what clients are told to remember.
func (k *checker) strictTransport() {
	if !k.TLS.STS.Enabled {
		return
	}
	if k.TLS.Cert == "" && !k.TLS.ACME.Enabled {
		k.bad("tls.sts.enabled", "makes clients refuse the self-signed certificate, for as long as they remember; set tls.cert first")
	}
	port := fmt.Sprint(k.TLS.STS.Port)
	for _, l := range k.Listeners {
		if _, p, err := net.SplitHostPort(l.Address); err == nil && p == port && l.TLS {
			return
		}
	}
	k.bad("tls.sts.port", "is %s, where no listener speaks TLS; that is right only if something in front of the server does", port)
}

// ages looks at how long certificates are valid, and for whom.
func (k *checker) ages(now time.Time) {
	k.age("tls.cert", k.TLS.Cert, k.TLS.Key, now)
	for i, p := range k.TLS.Certificates {
		k.age(at("tls.certificate", i, "cert"), p.Cert, p.Key, now)
	}
	for i, l := range k.Listeners {
		k.age(at("listener", i, "cert"), l.Cert, l.Key, now)
	}
}

func (k *checker) age(key, cert, keyFile string, now time.Time) {
	if cert == "" {
		return
	}
	pair, err := tls.LoadX509KeyPair(cert, keyFile)
	if err != nil || pair.Leaf == nil {
		return // Check has said so
	}
	switch left := pair.Leaf.NotAfter.Sub(now); {
	case left < 0:
		k.bad(key, "the certificate has expired on %s; renew it, and rehash", pair.Leaf.NotAfter.Format(time.DateOnly))
	case left < soon:
		k.bad(key, "the certificate expires on %s; renew it, and rehash", pair.Leaf.NotAfter.Format(time.DateOnly))
	case pair.Leaf.NotBefore.After(now):
		k.bad(key, "the certificate is valid from %s on; is the clock right?", pair.Leaf.NotBefore.Format(time.DateOnly))
	}
	if name := k.Server.Name; key == "tls.cert" && name != config.Default().Server.Name && pair.Leaf.VerifyHostname(name) != nil {
		k.bad(key, "the certificate is for %s, not for %s, the name of the server; that is right if clients connect by the former",
			strings.Join(pair.Leaf.DNSNames, ", "), name)
	}
}

// operators looks for somebody who can run the server by IRC.
func (k *checker) operators() {
	if len(k.Opers) == 0 {
		k.bad("oper", "there is none, so that nobody can remove users by IRC; \"ircd genpasswd\" makes the password of one")
	}
	if most, room := k.Connections.MaxClients, listener.Descriptors()-reserve; room > 0 && most > room {
		k.bad("connections.max-clients", "is %d, but this shell allows %d: raise \"ulimit -n\", or LimitNOFILE of systemd", most, room)
	}
}

// readable looks at who can read the file with the hashes.
func (k *checker) readable(path string) {
	info, err := os.Stat(path)
	if path == "" || errors.Is(err, fs.ErrNotExist) || err != nil {
		return
	}
	secrets := k.Server.Password != "" || len(k.Opers) > 0 || len(k.WebIRC) > 0 || k.Mail.Password != ""
	if secrets && info.Mode().Perm()&0o004 != 0 {
		p := config.Problem{File: path, Message: "everybody on this machine can read it, and the hashes of passwords in it: chmod 640"}
		k.problems = append(k.problems, p)
	}
}
