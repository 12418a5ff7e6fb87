package listener

import (
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"
)

// A Pair names the PEM files of a certificate, with its chain, and of its key.
type Pair struct {
	Cert, Key string
}

// Certificates are the key pairs of a server. Load may replace them at any time;
// connections keep what they were made with. The zero value has none.
type Certificates struct {
	// Challenge, unless it is nil, returns what an authority is to see that looks
	// whether a domain leads here. It is set before the first connection.
	Challenge func(domain string) (*tls.Certificate, error)

	pairs atomic.Pointer[[]tls.Certificate]
}

// acmeProtocol is the ALPN protocol of an authority that looks whether a domain leads
// here. https://www.rfc-editor.org/rfc/rfc8737
const acmeProtocol = "acme-tls/1"

// challenge answers such an authority; nil is for all others.
func (c *Certificates) challenge(hello *tls.ClientHelloInfo) (*tls.Config, error) {
	if c.Challenge == nil || !slices.Contains(hello.SupportedProtos, acmeProtocol) {
		return nil, nil
	}
	cert, err := c.Challenge(hello.ServerName)
	if err != nil {
		return nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{*cert}, NextProtos: []string{acmeProtocol}}, nil
}

// Load reads all pairs and then replaces the former ones. If one of them cannot
// be used, the error names its file and the former pairs stay.
func (c *Certificates) Load(pairs []Pair) error {
	if len(pairs) == 0 {
		return errors.New("there is no certificate to load")
	}
	loaded := make([]tls.Certificate, 0, len(pairs))
	for _, p := range pairs {
		cert, err := tls.LoadX509KeyPair(p.Cert, p.Key)
		if err != nil {
			return fmt.Errorf("certificate %s with key %s: %w", p.Cert, p.Key, err)
		}
		loaded = append(loaded, cert)
	}
	c.pairs.Store(&loaded)
	return nil
}

// Expires returns when the first of the certificates ends to be valid, or zero
// if there is none.
func (c *Certificates) Expires() time.Time {
	var first time.Time
	for _, p := range c.all() {
		if first.IsZero() || p.Leaf.NotAfter.Before(first) {
			first = p.Leaf.NotAfter
		}
	}
	return first
}

func (c *Certificates) all() []tls.Certificate {
	if p := c.pairs.Load(); p != nil {
		return *p
	}
	return nil
}

// choose returns the first pair that is valid for the name the client asks for
// and of a kind the client knows; else the first of such a kind, since IRC
// clients that do not check names are many; else the first.
func (c *Certificates) choose(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	all := c.all()
	if len(all) == 0 {
		return nil, errors.New("no certificate is loaded")
	}
	nameless := *hello
	nameless.ServerName = ""
	for _, h := range []*tls.ClientHelloInfo{hello, &nameless} {
		for i := range all {
			if h.SupportsCertificate(&all[i]) == nil {
				return &all[i], nil
			}
		}
	}
	return &all[0], nil
}
