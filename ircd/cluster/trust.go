package cluster

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"

	"github.com/parley-irc/parley/config"
)

// Trust says whose certificates are those of servers.
type Trust struct {
	keys map[string]string // the name of a server by the fingerprint of its key
	ca   *x509.CertPool
}

// NewTrust returns what pins say, and the authority in the file ca, unless that is "".
func NewTrust(pins []config.Pin, ca string) (*Trust, error) {
	t := &Trust{keys: map[string]string{}}
	for _, p := range pins {
		t.keys[p.Key] = p.Server
	}
	if ca == "" {
		return t, nil
	}
	b, err := os.ReadFile(ca)
	if err != nil {
		return nil, err
	}
	t.ca = x509.NewCertPool()
	if !t.ca.AppendCertsFromPEM(b) {
		return nil, fmt.Errorf("%s has no certificate in the form PEM", ca)
	}
	return t, nil
}

var errNoCertificate = errors.New("it shows no certificate")

// believe returns nil if the certificate, which its issuers follow, is that of a
// server, of which one does not matter yet.
func (t *Trust) believe(chain []*x509.Certificate) error {
	if len(chain) == 0 {
		return errNoCertificate
	}
	if _, pinned := t.keys[Fingerprint(chain[0])]; pinned {
		return nil
	}
	return t.vouched(chain, "")
}

// owns returns nil if the certificate is that of the server of this name.
func (t *Trust) owns(chain []*x509.Certificate, name string) error {
	if len(chain) == 0 {
		return errNoCertificate
	}
	switch owner, pinned := t.keys[Fingerprint(chain[0])]; {
	case pinned && owner == name:
		return nil
	case pinned:
		return fmt.Errorf("its key is that of %s", owner)
	}
	for _, owner := range t.keys {
		if owner == name {
			return fmt.Errorf("%s has another key; if it is a new one, change link.pins to \"%s %s\"", name, name, Fingerprint(chain[0]))
		}
	}
	return t.vouched(chain, name)
}

// vouched returns nil if an authority vouches for the certificate.
func (t *Trust) vouched(chain []*x509.Certificate, name string) error {
	if t.ca == nil {
		return fmt.Errorf("its key is not known here; if it is to be, add its name and %s to link.pins", Fingerprint(chain[0]))
	}
	o := x509.VerifyOptions{
		Roots: t.ca, Intermediates: x509.NewCertPool(), DNSName: name,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	}
	for _, c := range chain[1:] {
		o.Intermediates.AddCert(c)
	}
	_, err := chain[0].Verify(o)
	return err
}
