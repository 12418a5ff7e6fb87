package bearer

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/parley-irc/parley/ircd/outbound"
)

// A provider is an issuer for tests.
type provider struct {
	*httptest.Server
	keys   map[string]ed25519.PrivateKey
	asked  atomic.Int32 // for keys
	status int          // to answer with; 0 is all right
	about  map[string]claims
	got    atomic.Pointer[http.Request]
}

func newProvider(t testing.TB) *provider {
	p := &provider{keys: map[string]ed25519.PrivateKey{}}
	p.add("first")
	m := http.NewServeMux()
	m.HandleFunc("/.well-known/openid-configuration", p.serve(func() any {
		return map[string]any{"issuer": p.URL, "jwks_uri": p.URL + "/keys"}
	}))
	m.HandleFunc("/keys", p.serve(func() any { p.asked.Add(1); return p.set() }))
	m.HandleFunc("/big", p.serve(func() any { return map[string]any{"keys": p.set()["keys"], "x": strings.Repeat("x", maxAnswer)} }))
	m.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/keys", http.StatusFound) })
	m.HandleFunc("/about", p.introspect)
	p.Server = httptest.NewServer(m)
	t.Cleanup(p.Close)
	return p
}

func (p *provider) add(id string) {
	_, p.keys[id], _ = ed25519.GenerateKey(rand.Reader)
}

func (p *provider) set() map[string]any {
	keys := []map[string]string{}
	for id, k := range p.keys {
		x := base64.RawURLEncoding.EncodeToString(k.Public().(ed25519.PublicKey))
		keys = append(keys, map[string]string{"kty": "OKP", "crv": "Ed25519", "kid": id, "x": x})
	}
	return map[string]any{"keys": keys}
}

func (p *provider) serve(f func() any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if p.status != 0 {
			w.WriteHeader(p.status)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(f())
	}
}

func (p *provider) introspect(w http.ResponseWriter, r *http.Request) {
	p.got.Store(r)
	id, secret, _ := r.BasicAuth()
	if r.Method != http.MethodPost || id != "parley" || secret != "s%3D1" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	c := p.about[r.PostFormValue("token")]
	if c == nil {
		c = claims{"active": false}
	}
	p.serve(func() any { return c })(w, r)
}

func (p *provider) token(t testing.TB, kid string, but claims) string {
	t.Helper()
	x := jwt.NewWithClaims(jwt.SigningMethodEdDSA, good(but))
	x.Header["kid"] = kid
	key := p.keys[kid]
	if key == nil {
		_, key, _ = ed25519.GenerateKey(rand.Reader)
	}
	s, err := x.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestJWKS(t *testing.T) {
	p := newProvider(t)
	c := checkerOf(t, Issuer{JWKS: p.URL + "/keys", Private: true})
	for range 3 {
		if got := whose(t, c, JWT, p.token(t, "first", nil)); got != "alice" {
			t.Fatalf("%q", got)
		}
	}
	for i := range 50 {
		if got := whose(t, c, JWT, p.token(t, fmt.Sprint("made up ", i), nil)); got != "" {
			t.Fatalf("a key that is not its: %q", got)
		}
	}
	if n := p.asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
	if got := whose(t, c, JWT, p.token(t, "first", claims{"aud": "mail"})); got != "" {
		t.Errorf("for another service: %q", got)
	}
}

func TestDiscovery(t *testing.T) {
	p := newProvider(t)
	c := checkerOf(t, Issuer{URL: p.URL, Discovery: true, Private: true})
	if got := whose(t, c, Any, p.token(t, "first", claims{"iss": p.URL})); got != "alice" {
		t.Errorf("%q", got)
	}
	if got := whose(t, c, Any, p.token(t, "first", nil)); got != "" {
		t.Errorf("of another issuer: %q", got)
	}
}

// TestTrouble tests that what cannot be found out is not called wrong, and that nobody
// else is asked than was meant.
func TestTrouble(t *testing.T) {
	p := newProvider(t)
	token := p.token(t, "first", nil)
	for path, want := range map[string]string{"/keys": "alice", "/big": "?", "/moved": "?", "/nothing": "?"} {
		if got := whose(t, checkerOf(t, Issuer{JWKS: p.URL + path, Private: true}), JWT, token); got != want {
			t.Errorf("keys at %s: %q, want %q", path, got, want)
		}
	}
	private := checkerOf(t, Issuer{JWKS: "https" + p.URL[len("http"):] + "/keys"})
	if _, _, err := private.Check(ctx, JWT, token); err == nil || !strings.Contains(err.Error(), outbound.ErrPrivate.Error()) {
		t.Errorf("a private address: %v", err)
	}
	p.status = http.StatusServiceUnavailable
	c := checkerOf(t, Issuer{URL: p.URL, Discovery: true, Private: true})
	for range 3 {
		if got := whose(t, c, JWT, p.token(t, "first", claims{"iss": p.URL})); got != "?" {
			t.Errorf("an issuer that is down: %q", got)
		}
	}
}

func TestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuarded(true, time.Second)
		if g.begin("a") != nil || g.begin("a") != errOften || g.begin("b") != nil {
			t.Error("asked too often, or not at all")
		}
		time.Sleep(pause)
		if g.begin("a") != nil {
			t.Error("never asked again")
		}
	})
}

func TestIntrospection(t *testing.T) {
	p := newProvider(t)
	of := func(but claims) claims {
		c := claims{"active": true, "sub": "4711", "username": "alice", "aud": "irc"}
		for k, v := range but {
			c[k] = v
		}
		return c
	}
	p.about = map[string]claims{
		"good": of(nil), "inactive": of(claims{"active": false}), "other": of(claims{"aud": "mail"}),
		"client":      of(claims{"aud": nil, "client_id": "irc"}),
		"otherclient": of(claims{"aud": nil, "client_id": "mail"}),
		"expired":     of(claims{"exp": start.Add(-time.Hour).Unix()}),
		"nottext":     of(claims{"active": "true"}), "issuer": of(claims{"iss": "https://evil.example.org"}),
		"nameless": {"active": true, "aud": "irc"},
	}
	about := Issuer{URL: here, Introspection: p.URL + "/about", ClientID: "parley", ClientSecret: "s=1", Claim: "username", Private: true}
	c := checkerOf(t, about)
	for token, want := range map[string]string{
		"good": "alice", "inactive": "", "other": "", "client": "alice", "otherclient": "", "expired": "", "nottext": "", "issuer": "",
		"nameless": "", "unknown": "",
	} {
		for _, kind := range []string{Any, OAuth} {
			if got := whose(t, c, kind, token); got != want {
				t.Errorf("%s: %q, want %q", token, got, want)
			}
		}
	}
	p.got.Store(nil)
	for _, kind := range []string{JWT, Any} {
		if got := whose(t, c, kind, sign(t, jwt.SigningMethodHS256, []byte(shared), good(claims{"iss": "https://elsewhere.example.org"}))); got != "" || p.got.Load() != nil {
			t.Errorf("%q: the token of another issuer was shown", got)
		}
	}
	wrong := about
	wrong.ClientSecret = "wrong"
	if got := whose(t, checkerOf(t, wrong), Any, "good"); got != "?" {
		t.Errorf("an issuer that does not know us: %q", got)
	}
}
