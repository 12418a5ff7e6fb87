package server

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/acme"
	"github.com/parley-irc/parley/ircd/listener"
)

// selfSigned returns the self-signed certificate of a data folder.
func selfSigned(dataDir string) listener.Pair {
	return listener.Pair{Cert: filepath.Join(dataDir, "tls.crt"), Key: filepath.Join(dataDir, "tls.key")}
}

// selfSignedFor is how long it is valid: clients pin it or ignore it, so that its
// end would surprise everybody.
const selfSignedFor = 10 * 365 * 24 * time.Hour

// pairs returns the certificates of a listener: its own or that of [tls] first.
func pairs(c *config.Config, l config.Listener) []listener.Pair {
	first := listener.Pair{Cert: l.Cert, Key: l.Key}
	if first.Cert == "" {
		first = listener.Pair{Cert: c.TLS.Cert, Key: c.TLS.Key}
	}
	issued, ok := acme.File(c.Server.DataDir)
	ok = ok && c.TLS.ACME.Enabled
	if first.Cert == "" && ok {
		first, ok = listener.Pair{Cert: issued, Key: issued}, false
	}
	if first.Cert == "" {
		first = selfSigned(c.Server.DataDir)
	}
	all := []listener.Pair{first}
	if ok {
		all = append(all, listener.Pair{Cert: issued, Key: issued})
	}
	for _, p := range c.TLS.Certificates {
		all = append(all, listener.Pair{Cert: p.Cert, Key: p.Key})
	}
	return all
}

// A Certificate is one that was made for a server.
type Certificate struct {
	Path        string
	Fingerprint string // SHA-256, in hexadecimal
}

// MakeCertificate makes the self-signed certificate of a server that has not run yet, if
// it will use one. The zero Certificate means that it will not, or has one.
func MakeCertificate(c *config.Config) (made Certificate, err error) {
	p := selfSigned(c.Server.DataDir)
	if c.TLS.Cert != "" || exists(p.Cert) || exists(p.Key) {
		return made, nil
	}
	if err := os.MkdirAll(c.Server.DataDir, 0o700); err != nil {
		return made, fmt.Errorf("make the data folder: %w", err)
	}
	if err := makeSelfSigned(p, c.Server.Name); err != nil {
		return made, err
	}
	pair, err := tls.LoadX509KeyPair(p.Cert, p.Key)
	if err != nil {
		return made, err
	}
	sum := sha256.Sum256(pair.Certificate[0])
	return Certificate{p.Cert, hex.EncodeToString(sum[:])}, nil
}

// makeCertificate makes the self-signed certificate, if there is none.
func (s *Server) makeCertificate() error {
	p := selfSigned(s.folder.path)
	if exists(p.Cert) || exists(p.Key) {
		return nil
	}
	return makeSelfSigned(p, s.config.Server.Name)
}

func makeSelfSigned(p listener.Pair, server string) error {
	hosts := []string{server, "localhost", "127.0.0.1", "::1"}
	if name, err := os.Hostname(); err == nil {
		hosts = append(hosts, name)
	}
	if err := listener.WriteSelfSigned(p.Cert, p.Key, hosts, time.Now(), selfSignedFor); err != nil {
		return fmt.Errorf("make a certificate: %w", err)
	}
	return nil
}

// soon is how long before its end a certificate is worth a warning.
const soon = 14 * 24 * time.Hour

// load reads the certificates of a socket, as c names them.
func (s *Server) load(k *socket, c *config.Config) error {
	i := slices.IndexFunc(c.Listeners, func(l config.Listener) bool { return l.Address == k.Address })
	if !k.TLS || i < 0 {
		return nil
	}
	if err := s.loadPairs(&k.certs, pairs(c, c.Listeners[i])); err != nil {
		return err
	}
	if end := k.certs.Expires(); time.Until(end) < soon {
		s.Log.Warn("a certificate ends; renew it and rehash", "listener", k.Address, "valid until", end.Format(time.RFC3339))
	}
	return nil
}

// loadPairs reads certificates, of which the self-signed one is made if it is wanted.
func (s *Server) loadPairs(to *listener.Certificates, all []listener.Pair) error {
	if all[0] == selfSigned(s.folder.path) {
		if err := s.makeCertificate(); err != nil {
			return err
		}
	}
	return to.Load(all)
}
