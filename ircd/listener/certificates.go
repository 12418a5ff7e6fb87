package listener

import (
	"crypto/tls"
	"errors"
	"fmt"
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
	pairs atomic.Pointer[[]tls.Certificate]
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
