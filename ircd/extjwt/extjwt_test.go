package extjwt

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/parley-irc/parley/config"
)

var now = time.Unix(1529917483, 0)

const secret = "0123456789abcdef0123456789abcdef"

func write(t *testing.T, key any) (file string) {
	t.Helper()
	b, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: b}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func claimsOf(t *testing.T, token, algorithm string, key any) jwt.MapClaims {
	t.Helper()
	c := jwt.MapClaims{}
	_, err := jwt.ParseWithClaims(token, c, func(*jwt.Token) (any, error) { return key, nil },
		jwt.WithValidMethods([]string{algorithm}), jwt.WithTimeFunc(func() time.Time { return now }))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestClaims(t *testing.T) {
	s, err := New(&config.ExtJWT{Algorithm: "HS256", Secret: secret, Lifetime: config.Duration(30 * time.Second)})
	if err != nil {
		t.Fatal(err)
	}
	c := Claims{Issuer: "irc.example.org", Nick: "alice"}
	want := jwt.MapClaims{"exp": 1529917513.0, "iss": "irc.example.org", "sub": "alice", "account": "", "umodes": []any{}}
	check := func() {
		t.Helper()
		token, err := s.Sign(Any, c, now)
		if err != nil {
			t.Fatal(err)
		}
		if got := claimsOf(t, token, "HS256", []byte(secret)); !reflect.DeepEqual(got, want) {
			t.Errorf("claims %v, want %v", got, want)
		}
	}
	check()
	c.Account, c.Modes, c.Channel = "Alice", []string{"o"}, &Channel{Name: "#tea"}
	want["account"], want["umodes"] = "Alice", []any{"o"}
	want["channel"], want["joined"], want["cmodes"] = "#tea", 0.0, []any{}
	check()
	c.Channel.Joined, c.Channel.Modes = time.Unix(1529917501, 9), []string{"o", "v"}
	want["joined"], want["cmodes"] = 1529917501.0, []any{"o", "v"}
	check()
	if _, err := s.Sign("calls", c, now); !errors.Is(err, ErrNoService) {
		t.Errorf("a token for an unknown service: %v", err)
	}
}

func TestKeys(t *testing.T) {
	strong, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsaFile, edFile := write(t, strong), write(t, private)
	for _, c := range []struct {
		algorithm, file string
		public          any // nil: it cannot be used
	}{
		{"RS256", rsaFile, &strong.PublicKey},
		{"EdDSA", edFile, public},
		{"RS256", edFile, nil},
		{"EdDSA", rsaFile, nil},
		{"EdDSA", rsaFile + "x", nil},
	} {
		s, err := New(&config.ExtJWT{Lifetime: config.Duration(time.Minute), Services: []config.TokenService{{Name: "calls", Algorithm: c.algorithm, Key: c.file}}})
		if (err == nil) != (c.public != nil) {
			t.Errorf("%s with %s: %v", c.algorithm, c.file, err)
		}
		token, err := s.Sign("calls", Claims{Nick: "alice"}, now)
		if c.public == nil {
			if !errors.Is(err, ErrNoService) {
				t.Errorf("a token without a key: %q, %v", token, err)
			}
			continue
		}
		if got := claimsOf(t, token, c.algorithm, c.public); got["service"] != "calls" || got["sub"] != "alice" {
			t.Errorf("claims %v", got)
		}
	}
}
