package server

import (
	"regexp"
	"strings"
	"testing"

	"github.com/parley-irc/parley/ircd/httpapi"
)

// TestAPITokens: only who has a token that is good now, from here and for this, is
// answered; the others are told which it is, as RFC 6750 and RFC 9457 have it.
func TestAPITokens(t *testing.T) {
	a, tokens := newAPIClient(t, "")
	for _, x := range []struct {
		token, path string
		status      int
		kind, says  string
	}{
		{"", "/v1/status", 401, "unauthorized", `Bearer realm="parley"`},
		{"parley_wrong", "/v1/status", 401, "unauthorized", `error="invalid_token"`},
		{tokens["full"] + "x", "/v1/status", 401, "unauthorized", `error="invalid_token"`},
		{tokens["late"], "/v1/status", 401, "unauthorized", `error="invalid_token"`},
		{tokens["far"], "/v1/status", 401, "unauthorized", `error="invalid_token"`},
		{tokens["little"], "/v1/users", 403, "forbidden", `error="insufficient_scope", scope="users:read"`},
		{tokens["little"], "/v1/backup", 403, "forbidden", `scope="backup"`},
		{tokens["little"], "/v1/events", 403, "forbidden", `scope="events"`},
		{tokens["full"], "/v1/nothing", 404, "not-found", ""},
		{tokens["full"], "/v2/status", 404, "not-found", ""},
	} {
		a.token = x.token
		a.refuses(x.status, x.kind, "GET", x.path, "")
		if _, h, _ := a.ask("GET", x.path, ""); !strings.Contains(h.Get("WWW-Authenticate"), x.says) {
			t.Errorf("%s: %q lacks %q", x.path, h.Get("WWW-Authenticate"), x.says)
		}
	}
	for _, name := range []string{"full", "little", "today", "near"} {
		a.token = tokens[name]
		a.does("GET", "/v1/status", "", `"server":"irc.tea.example"`)
	}
	// Every route asks for its scope, before it looks at anything else.
	a.token = tokens["little"]
	for _, r := range httpapi.Routes() {
		if r.Scope != httpapi.ScopeStatus {
			a.refuses(403, "forbidden", r.Method, regexp.MustCompile(`\{\w+\}`).ReplaceAllString(r.Path, "x"), "")
		}
	}
	a.token = tokens["full"]
	a.refuses(405, "method-not-allowed", "DELETE", "/v1/status", "")
	contains(t, a.log.String(), `msg="API token refused" addr=127.0.0.1 reason=unknown`, `reason="expired: late"`, `reason="from elsewhere: far"`)
	for _, token := range tokens {
		if strings.Contains(a.log.String(), token) {
			t.Error("a token is in the log")
		}
	}
	// A token that is taken away is good no more, at once.
	config, _ := withAPI("")
	a.configure(config)
	a.rehash()
	a.refuses(401, "unauthorized", "GET", "/v1/status", "")

	// Who guesses is not heard for a while.
	a.token = "parley_guess"
	for range 40 {
		a.ask("GET", "/v1/status", "")
	}
	a.refuses(429, "throttled", "GET", "/v1/status", "")
}
