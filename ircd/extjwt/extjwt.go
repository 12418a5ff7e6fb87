// Package extjwt signs tokens by which services elsewhere know who a client is here,
// and what it may do in a channel.
//
// A token is short and lives for seconds: the service checks it by itself, so it needs
// no connection to this server, and this server none to it.
// https://github.com/ircv3/ircv3-specifications/pull/547
package extjwt

import (
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/parley-irc/parley/config"
)

// Any is the service of tokens for no service in particular.
const Any = "*"

// minRSA is the least size of an RSA key, in bits.
// https://www.rfc-editor.org/rfc/rfc7518#section-3.3
const minRSA = 2048

// ErrNoService means that there are no tokens for a service.
var ErrNoService = errors.New("no such service")

// Claims are what a token says.
type Claims struct {
	Issuer  string   // the name of the server
	Nick    string   // of the client
	Account string   // or ""
	Modes   []string // of the user, as far as the service may know
	Channel *Channel // nil: the token is about no channel
}

// A Channel is what a token says of a channel.
type Channel struct {
	Name   string
	Joined time.Time // when the client joined; zero if it is no member
	Modes  []string  // the client's status modes
}

type signer struct {
	method jwt.SigningMethod
	key    any
}

// A Signer signs tokens. It may be used by several goroutines.
type Signer struct {
	lifetime time.Duration
	signers  map[string]signer // by service
}

// New returns a signer of this configuration, and reads its keys. The signer is of
// use for those services whose keys can be used, even if there is an error.
func New(c *config.ExtJWT) (*Signer, error) {
	s := &Signer{time.Duration(c.Lifetime), map[string]signer{}}
	var errs []error
	add := func(name, algorithm, secret, file string) {
		made, err := newSigner(algorithm, secret, file)
		if err != nil {
			errs = append(errs, fmt.Errorf("tokens for the service %s: %w", name, err))
			return
		}
		s.signers[name] = made
	}
	if c.Signs() {
		add(Any, c.Algorithm, c.Secret, c.Key)
	}
	for _, v := range c.Services {
		add(v.Name, v.Algorithm, v.Secret, v.Key)
	}
	return s, errors.Join(errs...)
}

func newSigner(algorithm, secret, file string) (s signer, err error) {
	s.method = jwt.GetSigningMethod(algorithm)
	if algorithm == jwt.SigningMethodHS256.Alg() {
		s.key = []byte(secret)
		return s, nil
	}
	s.key, err = readKey(algorithm, file)
	return s, err
}

// readKey reads a private key for an algorithm.
func readKey(algorithm, file string) (any, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(b)
	if block == nil {
		return nil, fmt.Errorf("%s has no PEM block", file)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s has no private key as PKCS #8: %w", file, err)
	}
	switch k := key.(type) {
	case *rsa.PrivateKey:
		if algorithm == jwt.SigningMethodRS256.Alg() && k.N.BitLen() >= minRSA {
			return k, nil
		}
	case ed25519.PrivateKey:
		if algorithm == jwt.SigningMethodEdDSA.Alg() {
			return k, nil
		}
	}
	return nil, fmt.Errorf("%s has a key that is not for %s, or is too short", file, algorithm)
}

// Sign returns a token for a service, or ErrNoService.
func (s *Signer) Sign(service string, c Claims, now time.Time) (string, error) {
	by, ok := s.signers[service]
	if !ok {
		return "", ErrNoService
	}
	claims := jwt.MapClaims{
		"exp":     now.Add(s.lifetime).Unix(),
		"iss":     c.Issuer,
		"sub":     c.Nick,
		"account": c.Account,
		"umodes":  list(c.Modes),
	}
	if service != Any {
		claims["service"] = service
	}
	if ch := c.Channel; ch != nil {
		joined := int64(0)
		if !ch.Joined.IsZero() {
			joined = ch.Joined.Unix()
		}
		claims["channel"], claims["joined"], claims["cmodes"] = ch.Name, joined, list(ch.Modes)
	}
	token, err := jwt.NewWithClaims(by.method, claims).SignedString(by.key)
	if err != nil {
		return "", fmt.Errorf("signing a token for the service %s: %w", service, err)
	}
	return token, nil
}

// list returns words as a list that is there even if it is empty.
func list(words []string) []string { return append([]string{}, words...) }
