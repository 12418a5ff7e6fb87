package httpapi

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/parley-irc/parley/config"
)

// tokenPrefix begins tokens, so that programs which look for secrets in the wrong place
// find them.
const tokenPrefix = "parley_"

// NewToken returns a token and its hash. It has so many random bits that guessing is no
// matter of how slow the hash is.
func NewToken() (token, hash string) {
	b := make([]byte, 32)
	rand.Read(b)
	token = tokenPrefix + base64.RawURLEncoding.EncodeToString(b)
	return token, hashOf(token)
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// find returns the token of the configuration that was shown, or nil. It takes as long
// whichever it is.
func find(tokens []config.APIToken, shown string) (found *config.APIToken) {
	hash := []byte(hashOf(shown))
	for i := range tokens {
		if subtle.ConstantTimeCompare(hash, []byte(tokens[i].Hash)) == 1 {
			found = &tokens[i]
		}
	}
	return found
}

// authenticate returns the token of a request. The error is a Problem.
func (a *API) authenticate(w http.ResponseWriter, r *http.Request, need Scope) (*config.APIToken, error) {
	addr := remote(r)
	if wait := a.guard.wait(addr, time.Now()); wait > 0 {
		w.Header().Set("Retry-After", "60")
		return nil, Throttled.Because("Too many tokens were wrong that came from this address.")
	}
	scheme, shown, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if shown == "" || !strings.EqualFold(scheme, "Bearer") {
		w.Header().Set("WWW-Authenticate", `Bearer realm="parley"`)
		return nil, Unauthorized.Because("Send the header Authorization: Bearer and a token.")
	}
	refuse := func(why string) (*config.APIToken, error) {
		a.guard.failed(addr, time.Now())
		a.Log.Warn("API token refused", "addr", host(addr), "reason", why)
		w.Header().Set("WWW-Authenticate", `Bearer realm="parley", error="invalid_token"`)
		return nil, Unauthorized.Because("This token is not known, or not good any more.")
	}
	t := find(a.Core.Config().API.Tokens, strings.TrimSpace(shown))
	if t == nil {
		return refuse("unknown")
	}
	if ends := t.Ends(); !ends.IsZero() && !time.Now().Before(ends) {
		return refuse("expired: " + t.Name)
	}
	if !from(t.From, addr) {
		return refuse("from elsewhere: " + t.Name)
	}
	if !covers(t.Scopes, need) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="parley", error="insufficient_scope", scope="`+string(need)+`"`)
		return nil, Forbidden.Because("This needs a token with the scope %s.", need)
	}
	return t, nil
}

// remote returns from where a request comes, zero for a unix socket.
func remote(r *http.Request) netip.Addr {
	h, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr, _ := netip.ParseAddr(h)
	return addr.Unmap().WithZone("")
}

func host(addr netip.Addr) string {
	if !addr.IsValid() {
		return "localhost"
	}
	return addr.String()
}

// from reports whether an address is one of a list, which may be empty.
func from(list []string, addr netip.Addr) bool {
	if len(list) == 0 {
		return true
	}
	for _, s := range list {
		if p, err := netip.ParsePrefix(s); err == nil && p.Contains(addr) {
			return true
		}
		if one, err := netip.ParseAddr(s); err == nil && one.Unmap() == addr {
			return true
		}
	}
	return false
}

// A guard slows down who guesses tokens. Nobody can guess one: it is for the log.
type guard struct {
	mu       sync.Mutex
	minute   int64
	failures map[netip.Addr]int
}

// mostFailures is how many wrong tokens an address may show within a minute.
const mostFailures = 30

func (g *guard) turn(now time.Time) {
	if m := now.Unix() / 60; m != g.minute || g.failures == nil {
		g.minute, g.failures = m, map[netip.Addr]int{}
	}
}

func (g *guard) wait(addr netip.Addr, now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.turn(now); g.failures[addr] < mostFailures {
		return 0
	}
	return time.Minute
}

func (g *guard) failed(addr netip.Addr, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.turn(now); len(g.failures) < 1<<16 {
		g.failures[addr]++
	}
}
