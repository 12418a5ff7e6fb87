package server

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/httpapi"
	"github.com/parley-irc/parley/ircd/listener"
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

// TestAPI asks for everything that there is once: it is done, has the form of the OpenAPI
// document, and is in the trail if it changes something.
func TestAPI(t *testing.T) {
	a, _ := newAPIClient(t, "")
	alice, bob := a.irc("alice"), a.irc("bob")
	alice.say("JOIN #tea")
	alice.hears(" 366 ")
	alice.say("PRIVMSG #tea :green or black?")

	a.does("GET", "/v1/status", "", `"clients":2`, `"channels":1`)
	a.does("GET", "/v1/servers", "", `"here":true`)
	a.does("GET", "/v1/users", "", `"nick":"alice"`, `"nick":"bob"`, `"total":2`)
	a.does("GET", "/v1/users?channel=%23tea", "", `"nick":"alice"`, `"total":1`)
	a.does("GET", "/v1/users?limit=1", "", `"next":"alice"`)
	a.does("GET", "/v1/users?limit=1&after=alice", "", `"nick":"bob"`)
	a.does("GET", "/v1/users/Alice", "", `"channels":["#tea"]`, `"ip":"127.0.0.1"`)
	a.refuses(404, "not-found", "GET", "/v1/users/nobody", "")
	a.refuses(404, "not-found", "GET", "/v1/users/NickServ", "")
	a.does("POST", "/v1/users/bob/join", `{"channel":"#tea"}`, `"#tea"`)
	alice.hears("bob!~bob@")
	a.refuses(422, "invalid", "POST", "/v1/users/bob/join", `{"channel":"tea"}`)
	a.does("POST", "/v1/users/bob/rename", `{"nick":"robert"}`, `"nick":"robert"`)
	alice.hears("NICK robert")
	a.refuses(422, "invalid", "POST", "/v1/users/robert/rename", `{"nick":"#no"}`)
	a.refuses(409, "conflict", "POST", "/v1/users/robert/rename", `{"nick":"alice"}`)
	a.refuses(409, "conflict", "POST", "/v1/users/robert/rename", `{"nick":"NickServ"}`)
	a.does("PUT", "/v1/users/robert/identity", `{"host":"tea.example","ident":"bob","realname":"Robert"}`, `"host":"tea.example"`, `"ident":"bob"`, `"realname":"Robert"`)
	a.refuses(422, "invalid", "PUT", "/v1/users/robert/identity", `{"host":"not a host"}`)
	a.refuses(422, "invalid", "PUT", "/v1/users/robert/identity", `{}`)
	a.refuses(404, "not-found", "POST", "/v1/servers/irc.tea.example/unlink", `{}`)
	a.refuses(404, "not-found", "POST", "/v1/servers/irc.tea.example/link", "")
	a.asked["unlink"], a.asked["link"] = true, true // see TestLinkFigures
	a.does("POST", "/v1/users/robert/tell", `{"text":"the kettle boils"}`)
	bob.hears("NOTICE robert :the kettle boils")
	a.refuses(422, "invalid", "POST", "/v1/users/robert/tell", `{"text":"one\r\nQUIT"}`)
	a.does("POST", "/v1/users/robert/part", `{"channel":"#tea","reason":"enough"}`)
	alice.hears("PART #tea")
	a.refuses(409, "conflict", "POST", "/v1/users/robert/part", `{"channel":"#tea"}`)

	a.does("GET", "/v1/channels", "", `"name":"#tea"`, `"members":1`)
	a.does("GET", "/v1/channels/%23tea", "", `"prefix":"@"`)
	a.refuses(404, "not-found", "GET", "/v1/channels/%23coffee", "")
	a.does("PUT", "/v1/channels/%23tea/topic", `{"topic":"green"}`, `"topic":"green"`, `"topic_by":"irc.tea.example"`)
	alice.hears("TOPIC #tea green")
	a.does("POST", "/v1/channels/%23tea/modes", `{"modes":"+mb *!*@192.0.2.1"}`, `"modes":"+mnt`)
	alice.hears("MODE #tea +mb *!*@192.0.2.1")
	a.refuses(422, "invalid", "POST", "/v1/channels/%23tea/modes", `{"modes":"+?"}`)
	a.does("POST", "/v1/channels/%23tea/tell", `{"text":"tea is ready"}`)
	alice.hears("NOTICE alice :To #tea: tea is ready")
	a.does("POST", "/v1/users/robert/join", `{"channel":"#tea"}`)
	a.does("POST", "/v1/channels/%23tea/kick", `{"nick":"robert","reason":"too loud"}`)
	bob.hears("KICK #tea robert :too loud")
	a.does("GET", "/v1/channels/%23tea/history", "", `"Text":"green or black?"`)

	a.does("POST", "/v1/accounts", `{"name":"carol","password":"oolong tea","email":"carol@example.org"}`, `"name":"carol"`, `"verified":true`)
	a.refuses(409, "conflict", "POST", "/v1/accounts", `{"name":"Carol","password":"oolong tea"}`)
	a.refuses(422, "invalid", "POST", "/v1/accounts", `{"name":"no name","password":"oolong tea"}`)
	if p := a.refuses(422, "invalid", "POST", "/v1/accounts", `{"name":"dave"}`); p["field"] != "password" {
		t.Errorf("the field is %v", p["field"])
	}
	a.does("GET", "/v1/accounts", "", `"name":"carol"`, `"total":1`)
	a.does("GET", "/v1/accounts/carol", "", `"email":"carol@example.org"`)
	a.does("POST", "/v1/accounts/check", `{"name":"carol","password":"oolong tea"}`, `{"ok":true,"account":"carol"}`)
	a.does("POST", "/v1/accounts/check", `{"name":"carol","password":"wrong","address":"192.0.2.9"}`, `"ok":false`, "name or the password is wrong")
	a.does("POST", "/v1/accounts/check", `{"name":"nobody","password":"wrong"}`, `"ok":false`, "name or the password is wrong")
	a.does("PUT", "/v1/accounts/carol/password", `{"password":"white tea"}`)
	a.does("POST", "/v1/accounts/check", `{"name":"carol","password":"oolong tea"}`, `"ok":false`)
	a.does("POST", "/v1/accounts/check", `{"name":"carol","password":"white tea"}`, `"ok":true`)
	a.does("GET", "/v1/accounts/carol/logins", "", `"recent":[]`)
	a.does("GET", "/v1/accounts/carol/history", "")
	a.does("POST", "/v1/accounts/carol/logout", "")
	a.refuses(404, "not-found", "POST", "/v1/accounts/carol/drop-factors", "")
	if _, err := a.accounts.AddCertFactor(t.Context(), "carol", "laptop", strings.Repeat("ab", 32)); err != nil {
		t.Fatal(err)
	}
	a.does("POST", "/v1/accounts/carol/drop-factors", "")
	a.does("POST", "/v1/accounts/carol/suspend", `{"reason":"spam","duration":"30d"}`, `"by":"api:full"`, `"reason":"spam"`)
	a.does("POST", "/v1/accounts/check", `{"name":"carol","password":"white tea"}`, `"ok":false`, "suspended")
	a.refuses(422, "invalid", "POST", "/v1/accounts/carol/suspend", `{"reason":"spam","duration":"a while"}`)
	a.does("POST", "/v1/accounts/carol/unsuspend", "")

	bob.say("NS REGISTER robertspassword")
	bob.hears("Account created")
	bob.say("JOIN #mate\r\nCS REGISTER #mate")
	bob.hears("#mate")
	bob.hears("egister")
	a.does("GET", "/v1/registrations", "", `"founder":"robert"`)
	a.does("POST", "/v1/channels/%23mate/suspend", `{"reason":"a quarrel"}`, `"suspended":{"reason":"a quarrel","by":"api:full"`)
	bob.hears("KICK #mate robert :a quarrel")
	a.does("POST", "/v1/channels/%23mate/unsuspend", "")
	a.refuses(404, "not-found", "POST", "/v1/channels/%23mate/unsuspend", "")
	a.does("POST", "/v1/channels/%23mate/forbid", `{"reason":"no more"}`, `"forbidden":{"reason":"no more"`)
	a.does("POST", "/v1/channels/%23mate/permit", "")

	if p := a.refuses(409, "confirm", "POST", "/v1/bans", `{"target":"*!*@*","reason":"all"}`); !strings.Contains(p["detail"].(string), "2 of 2 users") {
		t.Error(p)
	}
	id := a.does("POST", "/v1/bans", `{"target":"192.0.2.66","reason":"spam","note":"again","duration":"12h"}`, `"action":"ban"`)["id"].(string)
	a.does("GET", "/v1/bans", "", id)
	a.does("GET", "/v1/bans?action=shun", "", `"total":0`)
	a.refuses(422, "invalid", "GET", "/v1/bans?action=nothing", "")
	a.refuses(400, "bad-request", "GET", "/v1/bans?acton=shun", "")
	a.does("GET", "/v1/bans/"+id, "", `"note":"again"`)
	a.does("GET", "/v1/bans/test?subject=192.0.2.66", "", `"outcome":"ban"`)
	a.does("GET", "/v1/bans/test?subject=192.0.2.67", "", `"outcome":"none"`)
	a.refuses(422, "invalid", "POST", "/v1/bans", `{"target":"m:r:x"}`)
	a.does("DELETE", "/v1/bans/"+id, "")
	a.refuses(404, "not-found", "DELETE", "/v1/bans/"+id, "")
	a.does("GET", "/v1/defcon", "", `"level":5`)
	a.does("PUT", "/v1/defcon", `{"level":4,"reason":"a wave"}`, `"level":4`)
	a.refuses(422, "invalid", "PUT", "/v1/defcon", `{"level":9}`)

	a.does("POST", "/v1/announce", `{"text":"tea for all"}`)
	alice.hears("tea for all")
	a.does("POST", "/v1/announce", `{"text":"only opers","to":"opers"}`)
	a.refuses(422, "invalid", "POST", "/v1/announce", `{"text":"x","to":"cats"}`)
	a.does("POST", "/v1/config/check", `{"toml":"[limits]\nnick-length = 9000\n"}`, `"ok":false`, `"line":2`, `"key":"limits.nick-length"`)
	a.does("POST", "/v1/config/check", `{}`, `"ok":true`)
	a.does("POST", "/v1/rehash", "", "no setting has changed")
	a.does("POST", "/v1/drain", `{"reason":"a new kettle","within":"1h"}`)
	a.does("GET", "/v1/status", "", `"draining":"a new kettle"`)
	a.does("DELETE", "/v1/drain", "")
	a.does("GET", "/v1/backup", "", `{"kind":"parley"`, `"kind":"end"`)
	a.does("POST", "/v1/users/robert/kill", `{"reason":"good night"}`)
	bob.hears("ERROR :")
	a.does("GET", "/v1/users/robert/whowas", "", `"account":"robert"`)
	a.does("DELETE", "/v1/accounts/carol", "")
	a.refuses(404, "not-found", "GET", "/v1/accounts/carol", "")

	// What is wrong with a body.
	a.refuses(400, "bad-request", "POST", "/v1/announce", `{"text":`)
	a.refuses(400, "bad-request", "POST", "/v1/announce", `{"text":"x","txet":"y"}`)
	a.refuses(400, "bad-request", "POST", "/v1/announce", `{"text":"x"} {}`)
	a.refuses(422, "invalid", "POST", "/v1/announce", `{"text":5}`)
	a.refuses(415, "wrong-type", "POST", "/v1/announce", "")
	a.refuses(413, "too-large", "POST", "/v1/announce", `{"text":"`+strings.Repeat("x", 2<<20)+`"}`)

	// The trail has it, and the events were told.
	deadline := time.Now().Add(patience)
	for {
		v := a.does("GET", "/v1/audit?limit=1000", "")
		if text := fmt.Sprint(v); strings.Contains(text, "api:full") && strings.Contains(text, "kill") && strings.Contains(text, "read-history") && strings.Contains(text, "backup") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the trail lacks something")
		}
	}
	a.asked["events"] = true // see TestEvents
	a.refuses(409, "conflict", "POST", "/v1/stop", `{"server":"irc.other.example"}`)
	a.does("POST", "/v1/stop", `{"server":"irc.tea.example","reason":"the end"}`)
	alice.hears("the end")
	for _, r := range httpapi.Routes() {
		if !a.asked[r.ID] {
			t.Errorf("%s is not tested", r.ID)
		}
	}
}

// TestEvents: what happens is told as it happens, and again to who comes back.
func TestEvents(t *testing.T) {
	a, _ := newAPIClient(t, "")
	open := func(query url.Values, last string) *bufio.Scanner {
		t.Helper()
		r, _ := http.NewRequestWithContext(t.Context(), "GET", "http://"+a.Web("API")+"/v1/events?"+query.Encode(), nil)
		r.Header.Set("Authorization", "Bearer "+a.token)
		if last != "" {
			r.Header.Set("Last-Event-ID", last)
		}
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { resp.Body.Close() })
		if kind := resp.Header.Get("Content-Type"); resp.StatusCode != 200 || kind != "text/event-stream" {
			t.Fatal(resp.StatusCode, kind)
		}
		s := bufio.NewScanner(resp.Body)
		s.Scan() // the comment, behind which nothing is missed
		return s
	}
	next := func(s *bufio.Scanner) (id, kind string, data map[string]any) {
		t.Helper()
		for s.Scan() {
			switch name, value, _ := strings.Cut(s.Text(), ": "); name {
			case "id":
				id = value
			case "event":
				kind = value
			case "data":
				if err := json.Unmarshal([]byte(value), &data); err != nil {
					t.Fatal(err)
				}
				return id, kind, data
			}
		}
		t.Fatal("the stream has ended", s.Err())
		return id, kind, data
	}
	s := open(url.Values{"types": {"account.*,ban.set,server.rehash,oper.act"}}, "")
	a.does("POST", "/v1/accounts", `{"name":"carol","password":"oolong tea"}`)
	a.does("POST", "/v1/accounts/carol/suspend", `{"reason":"spam"}`)
	a.does("POST", "/v1/bans", `{"target":"192.0.2.66","reason":"spam"}`)
	a.does("POST", "/v1/rehash", "")
	var got []string
	first := ""
	for len(got) < 8 {
		id, kind, data := next(s)
		if first == "" {
			first = id
		}
		got = append(got, kind)
		if data["type"] != kind || data["id"] != id {
			t.Error(kind, data)
		}
		var schema any
		for _, x := range a.doc["components"].(map[string]any)["schemas"].(map[string]any) {
			p, _ := x.(map[string]any)["properties"].(map[string]any)
			if kindOf, _ := p["type"].(map[string]any); kindOf["const"] == kind {
				schema = p["data"]
			}
		}
		for _, wrong := range a.doc.check(kind, schema, data["data"]) {
			t.Error(wrong)
		}
	}
	slices.Sort(got)
	if want := "account.registered account.suspended ban.set oper.act oper.act oper.act oper.act server.rehash"; strings.Join(got, " ") != want {
		t.Errorf("told %s, want %s", strings.Join(got, " "), want)
	}
	again := open(url.Values{"types": {"account.*"}}, first)
	if _, kind, _ := next(again); kind != "account.suspended" {
		t.Errorf("who comes back is told of %s first", kind)
	}
	a.refuses(422, "invalid", "GET", "/v1/events?types=account.exploded", "")
}

// TestPage: a browser sees what there is, without a token and without scripts.
func TestPage(t *testing.T) {
	a, _ := newAPIClient(t, "")
	a.token = ""
	status, h, text := a.ask("GET", "/", "")
	if kind := h.Get("Content-Type"); status != 200 || !strings.HasPrefix(kind, "text/html") || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Error(status, h)
	}
	for _, r := range httpapi.Routes() {
		contains(t, string(text), r.Path, string(r.Scope))
	}
	if strings.Contains(string(text), "<script") {
		t.Error("the page has a script")
	}
	if status, h, _ := a.ask("GET", "/openapi.json", ""); status != 200 || h.Get("Content-Type") != "application/json" {
		t.Error(status, h)
	}
}

// TestAPIOverTLS: with tls, the API shows the certificate of [tls], and after a rehash
// another one, while its address stays; nobody is answered without.
func TestAPIOverTLS(t *testing.T) {
	config, tokens := withAPI("")
	config = strings.Replace(config, "[api]\n", "[api]\ntls = true\n", 1)
	r := start(t, config)
	ask := func() (serial string, proto int) {
		t.Helper()
		c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}}
		defer c.CloseIdleConnections()
		q, _ := http.NewRequest("GET", "https://"+r.Web("API")+"/v1/status", nil)
		q.Header.Set("Authorization", "Bearer "+tokens["full"])
		answer, err := c.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if answer.StatusCode != 200 {
			t.Error(answer.Status)
		}
		return answer.TLS.PeerCertificates[0].SerialNumber.String(), answer.ProtoMajor
	}
	address := r.Web("API")
	first, proto := ask()
	if proto != 2 {
		t.Errorf("HTTP/%d is spoken", proto)
	}
	if answer, err := http.Get("http://" + address + "/"); err == nil {
		if answer.Body.Close(); answer.StatusCode != 400 {
			t.Error("somebody is answered without TLS")
		}
	}
	if err := makeSelfSigned(listener.Pair{Cert: filepath.Join(r.dir, "a.crt"), Key: filepath.Join(r.dir, "a.key")}, "irc.tea.example"); err != nil {
		t.Fatal(err)
	}
	r.configure(config + "[tls]\ncert = \"a.crt\"\nkey = \"a.key\"\n")
	r.rehash()
	if second, _ := ask(); second == first || r.Web("API") != address {
		t.Error("the certificate stays after a rehash, or the address does not")
	}
	r.configure(config + "[tls]\ncert = \"b.crt\"\nkey = \"a.key\"\n")
	if _, err := r.Rehash(); err == nil {
		t.Error("a certificate that is not there does")
	}
	ask()
}

// TestBounded: an HTTP server has so many connections, and goes on when one leaves.
func TestBounded(t *testing.T) {
	r := start(t, "[[listener]]\naddress = \"127.0.0.1:0\"\n[monitoring]\nenabled = true\nlisten = \"127.0.0.3:0\"\n")
	var all []net.Conn
	for range mostWebs {
		c, err := net.Dial("tcp", r.Web("metrics"))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		all = append(all, c)
	}
	// What it accepted last has been answered, so that the next one has to wait.
	last := all[len(all)-1]
	fmt.Fprint(last, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
	if line, err := bufio.NewReader(last).ReadString('\n'); err != nil || !strings.Contains(line, "200") {
		t.Fatal(line, err)
	}
	answered := make(chan error, 1)
	go func() {
		answer, err := http.Get("http://" + r.Web("metrics") + "/healthz")
		if err == nil {
			answer.Body.Close()
		}
		answered <- err
	}()
	all[0].Close()
	if err := <-answered; err != nil {
		t.Error(err)
	}
}
