package server

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/acme"
	"github.com/parley-irc/parley/ircd/modes"
)

// authorityTakes is how long an authority may take to answer a request.
const authorityTakes = time.Minute

// acmeOptions are how certificates are got, if they are.
func acmeOptions(c *config.Config) (o acme.Options, err error) {
	a := c.TLS.ACME
	if !a.Enabled {
		return o, nil
	}
	o = acme.Options{Domains: a.Domains, Directory: a.Directory, Email: a.Email, HTTP: a.HTTPListen != "", KeyID: a.EABKeyID}
	if o.Key, err = base64.RawURLEncoding.DecodeString(a.EABKey); err != nil {
		return o, fmt.Errorf("tls.acme.eab-key is not base64url: %w", err)
	}
	if a.CA == "" {
		o.Client = &http.Client{Timeout: authorityTakes}
		return o, nil
	}
	text, err := os.ReadFile(a.CA)
	if err != nil {
		return o, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return o, errors.New("tls.acme.ca: there is no certificate in " + a.CA)
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.TLSClientConfig = &tls.Config{RootCAs: pool}
	o.Client = &http.Client{Timeout: authorityTakes, Transport: t}
	return o, nil
}

// openACME makes what gets certificates.
func (s *Server) openACME() error {
	o, err := acmeOptions(s.config)
	if err != nil {
		return err
	}
	o.Folder, o.Log, o.Changed = s.folder.path, s.Log, s.issued
	o.Failed = func(err error) {
		s.Core.Network.InformHere(modes.SnoRuns, "A certificate could not be got, and is tried again: %[1]s", err.Error())
	}
	s.acme = acme.New(o)
	return nil
}

// issued takes a certificate into use that was got.
func (s *Server) issued() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := errors.Join(s.renew(s.sockets, s.config), s.webs.renew(s.config)); err != nil {
		s.Log.Error("the new certificate is not in use", "error", err)
	}
}

// acmeSpec is where an authority looks by HTTP whether a domain leads here.
func (s *Server) acmeSpec(c *config.Config) webSpec {
	return webSpec{purpose: "ACME", address: c.TLS.ACME.HTTPListen, handler: s.acme.Handler}
}

// issuer sees to it that an authority can be asked.
func (k *checker) issuer() {
	if _, err := acmeOptions(k.Config); err != nil {
		k.bad("tls.acme.enabled", "cannot be used: %v", err)
	}
}
