package accounts

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/store"
)

// A Cert is a TLS client certificate that its owner may log in with.
type Cert struct {
	Fingerprint string `json:"fingerprint"` // as Fingerprint returns it
	// Other is its other digest, SHA-512 or SHA-256, if that is known.
	Other string    `json:"other,omitempty"`
	Label string    `json:"label,omitempty"`
	Added time.Time `json:"added"`
}

// Is reports whether a fingerprint is that of the certificate.
func (c Cert) Is(fingerprint string) bool {
	return fingerprint != "" && (c.Fingerprint == fingerprint || c.Other == fingerprint)
}

// SHA512 returns the digest by which draft/client-cert knows the certificate, or the
// SHA-256 if nothing else is known.
func (c Cert) SHA512() string {
	if len(c.Other) > len(c.Fingerprint) {
		return c.Other
	}
	return c.Fingerprint
}

func (c Cert) digests() (all []string) {
	if all = append(all, c.Fingerprint); c.Other != "" {
		all = append(all, c.Other)
	}
	return all
}

// Fingerprint returns the form in which fingerprints are kept, 64 or 128 lower-case
// hexadecimal digits (SHA-256, SHA-512), or ErrCertificate. It accepts upper case and
// colons.
func Fingerprint(s string) (string, error) {
	b, err := hex.DecodeString(strings.ReplaceAll(s, ":", ""))
	if err != nil || len(b) != 32 && len(b) != 64 {
		return "", ErrCertificate
	}
	return hex.EncodeToString(b), nil
}

// AddCert lets the owner log in with a client certificate. The errors are
// ErrCertificate, ErrCertTaken (perhaps by the account itself) and ErrLimit.
func (s *Service) AddCert(ctx context.Context, name, fingerprint, label string) error {
	return s.addCert(ctx, name, label, fingerprint, "")
}

// PinCert is AddCert for the certificate of a connection, of which both digests are
// known. If the account has it already, nothing changes but that both are kept.
func (s *Service) PinCert(ctx context.Context, name, label, sha256, sha512 string) error {
	a, err := Fingerprint(sha256)
	if err != nil {
		return err
	}
	b, _ := Fingerprint(sha512)
	if rec := s.index.resolve(name); rec != nil {
		for _, c := range rec.Certs {
			if c.Is(a) || c.Is(b) {
				return s.completeCert(ctx, name, a, b)
			}
		}
	}
	return s.addCert(ctx, name, label, a, b)
}

func (s *Service) addCert(ctx context.Context, name, label, fingerprint, other string) error {
	fp, err := Fingerprint(fingerprint)
	if err != nil {
		return err
	}
	_, err = s.own(ctx, name, func(rec *record, b *batch) error {
		if len(rec.Certs) >= MaxCerts {
			return ErrLimit
		}
		c := Cert{fp, other, label, s.now()}
		rec.Certs = append(rec.Certs, c)
		putCert(b, rec, c)
		return nil
	})
	return err
}

// completeCert notes both digests of a certificate that the account has.
func (s *Service) completeCert(ctx context.Context, name, sha256, sha512 string) error {
	_, err := s.own(ctx, name, func(rec *record, b *batch) error {
		for i, c := range rec.Certs {
			if !c.Is(sha256) && !c.Is(sha512) || c.Other != "" || sha512 == "" {
				continue
			}
			if c.Other = sha512; c.Fingerprint == sha512 {
				c.Other = sha256
			}
			rec.Certs[i] = c
			put(b, certSchema, store.Certs, c.Other, certRecord{rec.Folded}, 0)
		}
		return nil
	})
	return err
}

// putCert makes a certificate the account's, by each of its digests.
func putCert(b *batch, rec *record, c Cert) {
	for _, d := range c.digests() {
		put(b, certSchema, store.Certs, d, certRecord{rec.Folded}, 0)
	}
}

// RemoveCert takes back AddCert. The error is ErrNoSuch if there was none.
func (s *Service) RemoveCert(ctx context.Context, name, fingerprint string) error {
	fp, err := Fingerprint(fingerprint)
	if err != nil {
		return err
	}
	_, err = s.own(ctx, name, func(rec *record, b *batch) error {
		i := slices.IndexFunc(rec.Certs, func(c Cert) bool { return c.Is(fp) })
		if i < 0 {
			return ErrNoSuch
		}
		c := rec.Certs[i]
		rec.Certs = slices.Delete(rec.Certs, i, i+1)
		return s.dropCert(ctx, b, rec, c)
	})
	return err
}

// dropCert makes a certificate nobody's, if it is the account's.
func (s *Service) dropCert(ctx context.Context, b *batch, rec *record, c Cert) error {
	for _, d := range c.digests() {
		r, rev, err := load(ctx, s.store, certSchema, store.Certs, d)
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return err
		case r.Account == rec.Folded:
			b.delete(store.Certs, d, rev)
		}
	}
	return nil
}
