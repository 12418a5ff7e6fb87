package acme

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	protocol "golang.org/x/crypto/acme"
)

// within is how long an attempt may take.
const within = 5 * time.Minute

// get gets a certificate, and writes the files.
func (m *Manager) get(ctx context.Context, o *Options) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	c, err := o.client(ctx)
	if err != nil {
		return err
	}
	order, err := c.AuthorizeOrder(ctx, protocol.DomainIDs(o.Domains...))
	if err != nil {
		return fmt.Errorf("order the certificate: %w", err)
	}
	for _, url := range order.AuthzURLs {
		if err := m.prove(ctx, c, o, url); err != nil {
			return err
		}
	}
	ready, err := c.WaitOrder(ctx, order.URI)
	if err != nil {
		return fmt.Errorf("wait for the order: %w", err)
	}
	ready.URI = order.URI
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	request, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{DNSNames: o.Domains}, key)
	if err != nil {
		return err
	}
	chain, _, err := c.CreateCertFromOrder(ctx, ready, request, true)
	if err != nil {
		return fmt.Errorf("get the certificate: %w", err)
	}
	return o.keep(chain, key)
}

// client returns one with an account at the authority.
func (o *Options) client(ctx context.Context) (*protocol.Client, error) {
	key, err := o.accountKey()
	if err != nil {
		return nil, fmt.Errorf("the key of the account: %w", err)
	}
	c := &protocol.Client{Key: key, DirectoryURL: o.Directory, HTTPClient: o.Client, UserAgent: "parley"}
	a := &protocol.Account{}
	if o.Email != "" {
		a.Contact = []string{"mailto:" + o.Email}
	}
	if o.KeyID != "" {
		a.ExternalAccountBinding = &protocol.ExternalAccountBinding{KID: o.KeyID, Key: o.Key}
	}
	// The configuration says that the terms are agreed to.
	if _, err := c.Register(ctx, a, protocol.AcceptTOS); err != nil && !errors.Is(err, protocol.ErrAccountAlreadyExists) {
		return nil, fmt.Errorf("register at the authority: %w", err)
	}
	return c, nil
}

// prove shows the authority that a domain leads here.
func (m *Manager) prove(ctx context.Context, c *protocol.Client, o *Options, url string) error {
	z, err := c.GetAuthorization(ctx, url)
	if err != nil {
		return err
	}
	if z.Status == protocol.StatusValid {
		return nil
	}
	domain, kind := z.Identifier.Value, "tls-alpn-01"
	if o.HTTP {
		kind = "http-01"
	}
	for _, challenge := range z.Challenges {
		if challenge.Type != kind {
			continue
		}
		forget, err := m.show(c, domain, challenge)
		if err != nil {
			return err
		}
		defer forget()
		if _, err := c.Accept(ctx, challenge); err != nil {
			return fmt.Errorf("prove that %s leads here: %w", domain, err)
		}
		if _, err := c.WaitAuthorization(ctx, z.URI); err != nil {
			return fmt.Errorf("prove that %s leads here: %w", domain, err)
		}
		return nil
	}
	return fmt.Errorf("the authority does not offer %s for %s", kind, domain)
}

// show makes ready what the authority looks for.
func (m *Manager) show(c *protocol.Client, domain string, challenge *protocol.Challenge) (forget func(), err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if challenge.Type == "http-01" {
		path := c.HTTP01ChallengePath(challenge.Token)
		if m.tokens[path], err = c.HTTP01ChallengeResponse(challenge.Token); err != nil {
			return nil, err
		}
		return func() {
			m.mu.Lock()
			defer m.mu.Unlock()
			delete(m.tokens, path)
		}, nil
	}
	cert, err := c.TLSALPN01ChallengeCert(challenge.Token, domain)
	if err != nil {
		return nil, err
	}
	m.proofs[domain] = &cert
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.proofs, domain)
	}, nil
}

// accountKey returns the key of the account, which is made if there is none.
func (o *Options) accountKey() (*ecdsa.PrivateKey, error) {
	path := filepath.Join(o.Folder, accountName)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, err
		}
		text, err := encodeKey(key)
		if err != nil {
			return nil, err
		}
		return key, replace(path, text)
	}
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s has no key", path)
	}
	return x509.ParseECPrivateKey(block.Bytes)
}

func encodeKey(key *ecdsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalECPrivateKey(key)
	return pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), err
}

// keep writes the certificate and its key: into one file, because they belong together.
func (o *Options) keep(chain [][]byte, key *ecdsa.PrivateKey) error {
	var certs []byte
	for _, der := range chain {
		certs = append(certs, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	text, err := encodeKey(key)
	if err != nil {
		return err
	}
	if _, err := tls.X509KeyPair(certs, text); err != nil {
		return fmt.Errorf("what the authority has issued is of no use: %w", err)
	}
	path, _ := File(o.Folder)
	return replace(path, append(text, certs...))
}

// replace writes a file so that there is either the old one or the new one.
func replace(path string, text []byte) error {
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(path+".new"))
	}
	return os.Rename(path+".new", path)
}
