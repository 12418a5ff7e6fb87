package bearer

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/golang-jwt/jwt/v5"
)

// leeway is by how much the clock of an issuer may differ.
const leeway = 30 * time.Second

// minRSA is the least size of an RSA key, in bits.
// https://www.rfc-editor.org/rfc/rfc7518#section-3.3
const minRSA = 2048

func newIssuer(i Issuer, now func() time.Time) (*issuer, error) {
	x := &issuer{Issuer: i}
	rules := []jwt.ParserOption{
		jwt.WithTimeFunc(now), jwt.WithLeeway(leeway), jwt.WithExpirationRequired(), jwt.WithIssuer(i.URL), jwt.WithAudience(i.Audience...),
	}
	switch {
	case i.URL == "" && i.Introspection == "", len(i.Audience) == 0:
		return nil, errors.New("its address and an audience are needed")
	case i.Secret != "":
		rules = append(rules, jwt.WithValidMethods([]string{"HS256", "HS384", "HS512"}))
		x.check = secret{jwt.NewParser(rules...), []byte(i.Secret)}
	case len(i.Keys) > 0:
		keys, err := publicKeys(i.Keys)
		if err != nil {
			return nil, err
		}
		x.check = keySet{i.URL, jwt.NewValidator(rules...), &oidc.StaticKeySet{PublicKeys: keys}, now}
	case i.JWKS != "" || i.Discovery:
		x.http = newGuarded(i.Private, i.Timeout)
		x.check = keySet{i.URL, jwt.NewValidator(rules...), newRemote(i, x.http), now}
	case i.Introspection != "":
		x.http = newGuarded(i.Private, i.Timeout)
		x.check = &introspection{Issuer: i, http: x.http, now: now, slots: make(chan struct{}, maxQuestions)}
	default:
		return nil, errors.New("it is not said how its tokens are checked")
	}
	return x, nil
}

// secret checks tokens that are signed by a secret.
type secret struct {
	parser *jwt.Parser
	key    []byte
}

func (s secret) claims(_ context.Context, token string) (claims, error) {
	c := claims{}
	_, err := s.parser.ParseWithClaims(token, c, func(*jwt.Token) (any, error) { return s.key, nil })
	return c, err
}

// publicKeys reads keys and certificates.
func publicKeys(text []byte) (keys []crypto.PublicKey, err error) {
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			break
		}
		key, err := publicKey(block)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, errors.New("there is no public key in PEM")
	}
	return keys, nil
}

func publicKey(block *pem.Block) (key crypto.PublicKey, err error) {
	if block.Type == "CERTIFICATE" {
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		key = cert.PublicKey
	} else if key, err = x509.ParsePKIXPublicKey(block.Bytes); err != nil {
		return nil, fmt.Errorf("a block %s is no public key: %w", block.Type, err)
	}
	switch k := key.(type) {
	case *rsa.PublicKey:
		if k.N.BitLen() < minRSA {
			return nil, fmt.Errorf("an RSA key has less than %d bits", minRSA)
		}
	case *ecdsa.PublicKey, ed25519.PublicKey:
	default:
		return nil, fmt.Errorf("a key is of a kind that signs no tokens: %T", key)
	}
	return key, nil
}
