package server

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/httpapi"
)

// withAPI is a configuration with the API, and with tokens that are good for all (full),
// for little, no more, and from elsewhere.
func withAPI(more string) (config string, tokens map[string]string) {
	tokens = map[string]string{}
	var b strings.Builder
	b.WriteString("[accounts]\nargon2-memory = \"8KiB\"\nargon2-iterations = 1\n[[listener]]\naddress = \"127.0.0.1:0\"\n[api]\nenabled = true\nlisten = \"127.0.0.3:0\"\n")
	for _, t := range []struct{ name, scopes, rest string }{
		{"full", `"*"`, ""},
		{"little", `"status"`, ""},
		{"late", `"*"`, "expires = \"2020-01-01\"\n"},
		{"today", `"*"`, "expires = \"" + time.Now().UTC().Format(time.DateOnly) + "\"\n"},
		{"far", `"*"`, "from = [\"192.0.2.0/24\"]\n"},
		{"near", `"*"`, "from = [\"192.0.2.0/24\", \"127.0.0.0/8\"]\n"},
	} {
		token, hash := httpapi.NewToken()
		tokens[t.name] = token
		fmt.Fprintf(&b, "[[api.token]]\nname = %q\nhash = %q\nscopes = [%s]\n%s", t.name, hash, t.scopes, t.rest)
	}
	return b.String() + more, tokens
}

// An apiClient asks a running server.
type apiClient struct {
	*running
	token string
	doc   document
	asked map[string]bool // the operations, by ID
}

func newAPIClient(t *testing.T, more string) (*apiClient, map[string]string) {
	t.Helper()
	config, tokens := withAPI(more)
	a := &apiClient{running: start(t, config), token: tokens["full"], asked: map[string]bool{}}
	_, _, text := a.ask("GET", "/openapi.json", "")
	a.doc = readDocument(t, text)
	return a, tokens
}

// ask sends a request.
func (a *apiClient) ask(method, path, body string) (status int, h http.Header, text []byte) {
	a.Helper()
	r, err := http.NewRequest(method, "http://"+a.Web("API")+path, strings.NewReader(body))
	if err != nil {
		a.Fatal(err)
	}
	if a.token != "" {
		r.Header.Set("Authorization", "Bearer "+a.token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		a.Fatal(err)
	}
	defer resp.Body.Close()
	text, err = io.ReadAll(resp.Body)
	if err != nil {
		a.Fatal(err)
	}
	return resp.StatusCode, resp.Header, text
}

// route returns the row of the table for a path.
func route(method, path string) *httpapi.Route {
	path, _, _ = strings.Cut(path, "?")
	var best *httpapi.Route
	for _, r := range httpapi.Routes() {
		pattern := regexp.MustCompile("^" + regexp.MustCompile(`\{\w+\}`).ReplaceAllString(r.Path, `[^/]+`) + "$")
		if r.Method == method && pattern.MatchString(path) && (best == nil || !strings.Contains(r.Path, "{")) {
			best = &r
		}
	}
	return best
}

// does asks for something that must succeed, and have the form that the document says.
func (a *apiClient) does(method, path, body string, want ...string) map[string]any {
	a.Helper()
	r, acts := route(method, path), a.acts()
	if r == nil {
		a.Fatalf("there is no %s %s", method, path)
	}
	status, _, text := a.ask(method, path, body)
	if status != r.Status() {
		a.Fatalf("%s %s is %d, not %d: %s", method, path, status, r.Status(), text)
	}
	a.asked[r.ID] = true
	for _, part := range want {
		contains(a.T, string(text), part)
	}
	if quiet := r.ID == "checkAccount" || r.ID == "checkConfig"; r.Writes() && !quiet && a.acts() == acts {
		a.Errorf("%s is not noted", r.ID)
	}
	if r.Answer() == "" {
		return nil
	}
	var v map[string]any
	if err := json.Unmarshal(text, &v); err != nil {
		a.Fatalf("%s: %v: %s", r.ID, err, text)
	}
	op := a.doc["paths"].(map[string]any)[r.Path].(map[string]any)[strings.ToLower(method)].(map[string]any)
	answer := op["responses"].(map[string]any)[fmt.Sprint(status)].(map[string]any)["content"].(map[string]any)["application/json"].(map[string]any)["schema"]
	for _, wrong := range a.doc.check(r.ID, answer, v) {
		a.Error(wrong)
	}
	return v
}

// refuses asks for something that must fail, and returns the problem.
func (a *apiClient) refuses(status int, kind, method, path, body string) map[string]any {
	a.Helper()
	acts := a.acts()
	got, h, text := a.ask(method, path, body)
	var p map[string]any
	if err := json.Unmarshal(text, &p); err != nil || got != status || p["type"] != "urn:parley:problem:"+kind || p["status"] != float64(status) {
		a.Errorf("%s %s %s is %d, want %d, %s: %s", method, path, body, got, status, kind, text)
	}
	if got := h.Get("Content-Type"); got != "application/problem+json" {
		a.Errorf("%s %s is %s", method, path, got)
	}
	for _, wrong := range a.doc.check("problem", map[string]any{"$ref": "#/components/schemas/Problem"}, p) {
		a.Error(wrong)
	}
	if strings.HasSuffix(path, "/rehash") {
		return p
	}
	if a.acts() != acts {
		a.Errorf("%s %s was refused, but is noted", method, path)
	}
	return p
}

// acts returns how much operators have done.
func (a *apiClient) acts() (n uint64) {
	for _, act := range audit.All() {
		n += a.Core.Tally.Acts(act.Name)
	}
	return n
}

// An ircClient is somebody who is online.
type ircClient struct {
	*testing.T
	net.Conn
	in *bufio.Scanner
}

func (r *running) irc(nick string) *ircClient {
	r.Helper()
	c, err := net.Dial("tcp", r.address(0))
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(2 * patience))
	x := &ircClient{r.T, c, bufio.NewScanner(c)}
	x.say("NICK " + nick + "\r\nUSER " + nick + " 0 * :" + nick)
	x.hears(" 376 ")
	return x
}

func (c *ircClient) say(line string) {
	if _, err := io.WriteString(c, line+"\r\n"); err != nil {
		c.Error(err)
	}
}

// hears waits for a line with a part.
func (c *ircClient) hears(part string) string {
	c.Helper()
	for c.in.Scan() {
		if strings.Contains(c.in.Text(), part) {
			return c.in.Text()
		}
	}
	c.Fatalf("%q is not heard", part)
	return ""
}
