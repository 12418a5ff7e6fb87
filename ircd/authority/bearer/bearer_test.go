package bearer

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"maps"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/parley-irc/parley/ircd/accounts"
)

const (
	here   = "https://id.example.org"
	shared = "0123456789abcdef0123456789abcdef"
)

var (
	ctx   = context.Background()
	start = time.Unix(1_800_000_000, 0)
)

func now() time.Time { return start }

// good are claims that count, but for what else is said.
func good(but claims) claims {
	c := claims{
		"iss": here, "aud": "irc", "sub": "4711", "preferred_username": "alice", "email": "alice@example.org",
		"email_verified": true, "exp": start.Add(time.Minute).Unix(),
	}
	maps.Copy(c, but)
	for k, v := range c {
		if v == nil {
			delete(c, k)
		}
	}
	return c
}

func sign(t testing.TB, m jwt.SigningMethod, key any, c claims) string {
	t.Helper()
	s, err := jwt.NewWithClaims(m, c).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func inPEM(t testing.TB, keys ...crypto.PublicKey) (text []byte) {
	t.Helper()
	for _, k := range keys {
		der, err := x509.MarshalPKIXPublicKey(k)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})...)
	}
	return text
}

func checkerOf(t testing.TB, issuers ...Issuer) *Checker {
	t.Helper()
	for i := range issuers {
		if issuers[i].URL == "" && issuers[i].Introspection == "" {
			issuers[i].URL = here
		}
		if issuers[i].Audience == nil {
			issuers[i].Audience = []string{"irc", "chat"}
		}
		issuers[i].Name = "staff"
	}
	c, err := New(issuers, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// whose checks a token, and returns the name it is of, or "".
func whose(t testing.TB, c *Checker, kind, token string) string {
	t.Helper()
	id, _, err := c.Check(ctx, kind, token)
	switch {
	case errors.Is(err, accounts.ErrCredentials):
		return ""
	case errors.Is(err, accounts.ErrAuthority):
		return "?"
	case err != nil:
		t.Fatal(err)
	}
	if id.Authority != "staff" || id.Subject == "" {
		t.Errorf("%+v", id)
	}
	return id.Name
}

func TestClaims(t *testing.T) {
	c := checkerOf(t, Issuer{Secret: shared})
	for name, tt := range map[string]struct {
		but  claims
		want string
	}{
		"as it should be":               {nil, "alice"},
		"one of the audiences":          {claims{"aud": []string{"mail", "chat"}}, "alice"},
		"expired within the leeway":     {claims{"exp": start.Add(-20 * time.Second).Unix()}, "alice"},
		"expired":                       {claims{"exp": start.Add(-40 * time.Second).Unix()}, ""},
		"never expires":                 {claims{"exp": nil}, ""},
		"not yet valid":                 {claims{"nbf": start.Add(time.Minute).Unix()}, ""},
		"for another service":           {claims{"aud": "mail"}, ""},
		"for nobody":                    {claims{"aud": nil}, ""},
		"of another issuer":             {claims{"iss": "https://evil.example.org"}, ""},
		"of an issuer that looks alike": {claims{"iss": here + "/"}, ""},
		"of no issuer":                  {claims{"iss": nil}, ""},
		"of nobody":                     {claims{"sub": nil}, ""},
		"without a name":                {claims{"preferred_username": nil}, ""},
		"with a name that is no text":   {claims{"preferred_username": 7}, ""},
	} {
		token := sign(t, jwt.SigningMethodHS256, []byte(shared), good(tt.but))
		for _, kind := range []string{Any, JWT, OAuth} {
			if got := whose(t, c, kind, token); got != tt.want {
				t.Errorf("%s (%s): %q, want %q", name, kind, got, tt.want)
			}
		}
		if got := whose(t, c, "saml", token); got != "" {
			t.Errorf("%s, of another kind: %q", name, got)
		}
	}
	id, _, err := c.Check(ctx, JWT, sign(t, jwt.SigningMethodHS512, []byte(shared), good(nil)))
	if want := (accounts.Identity{Authority: "staff", Subject: "4711", Name: "alice", Email: "alice@example.org", Confirmed: true}); err != nil || id != want {
		t.Errorf("%+v, %v", id, err)
	}
}

func TestNames(t *testing.T) {
	c := checkerOf(t, Issuer{Secret: shared, Claim: "email", Domain: "example.org"})
	for email, want := range map[string]string{
		"alice@example.org": "alice", "Bob@EXAMPLE.ORG": "Bob", "carol@example.com": "", "dave": "", "eve@x@example.org": "", "@example.org": "",
	} {
		if got := whose(t, c, JWT, sign(t, jwt.SigningMethodHS256, []byte(shared), good(claims{"email": email}))); got != want {
			t.Errorf("%s: %q, want %q", email, got, want)
		}
	}
}

// TestForged tests what people have tried with signatures.
func TestForged(t *testing.T) {
	public, private, _ := ed25519.GenerateKey(rand.Reader)
	_, stranger, _ := ed25519.GenerateKey(rand.Reader)
	strong, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	text := inPEM(t, public, strong.Public())
	byKey, bySecret := checkerOf(t, Issuer{Keys: text}), checkerOf(t, Issuer{Secret: shared})
	right := sign(t, jwt.SigningMethodEdDSA, private, good(nil))
	last := right[len(right)-2:]
	for name, tt := range map[string]struct {
		c     *Checker
		token string
		want  string
	}{
		"Ed25519":                    {byKey, right, "alice"},
		"RSA":                        {byKey, sign(t, jwt.SigningMethodRS256, strong, good(nil)), "alice"},
		"RSA-PSS":                    {byKey, sign(t, jwt.SigningMethodPS256, strong, good(nil)), "alice"},
		"unsigned":                   {byKey, sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, good(nil)), ""},
		"unsigned, to the secret":    {bySecret, sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, good(nil)), ""},
		"by a stranger":              {byKey, sign(t, jwt.SigningMethodEdDSA, stranger, good(nil)), ""},
		"by the public key's text":   {byKey, sign(t, jwt.SigningMethodHS256, text, good(nil)), ""},
		"by the public key":          {byKey, sign(t, jwt.SigningMethodHS256, []byte(public), good(nil)), ""},
		"by another secret":          {bySecret, sign(t, jwt.SigningMethodHS256, []byte(shared+"!"), good(nil)), ""},
		"by a key instead of secret": {bySecret, right, ""},
		"cut off":                    {byKey, right[:len(right)-8], ""},
		"changed":                    {byKey, right[:len(right)-2] + last[1:] + last[:1], ""},
		"with something behind":      {byKey, right + " ", ""},
		"with a part too many":       {byKey, right + ".e30", ""},
		"empty":                      {byKey, "", ""},
		"nothing but dots":           {byKey, "..", ""},
		"too long":                   {byKey, sign(t, jwt.SigningMethodEdDSA, private, good(claims{"x": string(make([]byte, 12<<10))})), ""},
		"opaque":                     {byKey, "opaque", ""},
	} {
		if last[0] == last[1] && name == "changed" {
			continue
		}
		if got := whose(t, tt.c, Any, tt.token); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestNew(t *testing.T) {
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Skip(err)
	}
	for name, i := range map[string]Issuer{
		"without an audience": {URL: here, Secret: shared},
		"without an address":  {Audience: []string{"irc"}, Secret: shared},
		"without a check":     {URL: here, Audience: []string{"irc"}},
		"no PEM":              {URL: here, Audience: []string{"irc"}, Keys: []byte("key")},
		"a weak key":          {URL: here, Audience: []string{"irc"}, Keys: inPEM(t, weak.Public())},
	} {
		if _, err := New([]Issuer{i}, now); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func FuzzCheck(f *testing.F) {
	c := checkerOf(f, Issuer{Secret: shared})
	f.Add(sign(f, jwt.SigningMethodHS256, []byte(shared+"?"), good(nil)))
	f.Add("a.b.c")
	f.Add("eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUub3JnIn0.")
	f.Fuzz(func(t *testing.T, token string) {
		if _, _, err := c.Check(ctx, Any, token); !errors.Is(err, accounts.ErrCredentials) {
			t.Fatalf("%q: %v", token, err)
		}
	})
}
