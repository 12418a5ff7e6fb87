package server

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/parley-irc/parley/ircd/httpapi"
)

// writes are the requests that carry texts of others, complete.
var writes = [][3]string{
	{"POST", "/v1/users/bob/kill", `{"reason":"x"}`},
	{"POST", "/v1/users/bob/rename", `{"nick":"robert"}`},
	{"PUT", "/v1/users/bob/identity", `{"host":"tea.example","ident":"bob","realname":"Bob"}`},
	{"POST", "/v1/users/bob/join", `{"channel":"#tea"}`},
	{"POST", "/v1/users/bob/part", `{"channel":"#tea","reason":"x"}`},
	{"POST", "/v1/users/bob/tell", `{"text":"x"}`},
	{"PUT", "/v1/channels/%23tea/topic", `{"topic":"x"}`},
	{"POST", "/v1/channels/%23tea/modes", `{"modes":"+b x!*@*"}`},
	{"POST", "/v1/channels/%23tea/kick", `{"nick":"bob","reason":"x"}`},
	{"POST", "/v1/channels/%23tea/tell", `{"text":"x"}`},
	{"POST", "/v1/channels/%23mate/suspend", `{"reason":"x"}`},
	{"POST", "/v1/channels/%23mate/unsuspend", ``},
	{"POST", "/v1/channels/%23mate/forbid", `{"reason":"x"}`},
	{"POST", "/v1/channels/%23mate/permit", ``},
	{"POST", "/v1/accounts", `{"name":"carol","password":"oolong tea","email":"carol@example.org"}`},
	{"PUT", "/v1/accounts/dora/password", `{"password":"oolong tea"}`},
	{"POST", "/v1/accounts/check", `{"name":"dora","password":"oolong tea","address":"192.0.2.9"}`},
	{"POST", "/v1/accounts/dora/suspend", `{"reason":"x","duration":"30d"}`},
	{"POST", "/v1/accounts/dora/unsuspend", ``},
	{"POST", "/v1/accounts/dora/logout", ``},
	{"POST", "/v1/accounts/dora/drop-factors", ``},
	{"DELETE", "/v1/accounts/dora", ``},
	{"POST", "/v1/bans", `{"target":"192.0.2.66","reason":"x","note":"x","duration":"12h"}`},
	{"DELETE", "/v1/bans/x", ``},
	{"PUT", "/v1/defcon", `{"level":4,"reason":"x"}`},
	{"POST", "/v1/announce", `{"text":"x","to":"all"}`},
	{"POST", "/v1/drain", `{"reason":"x","within":"1h"}`},
	{"POST", configCheck, `{"toml":"x"}`},
	{"POST", "/v1/stop", `{"server":"irc.tea.example","reason":"x"}`},
	{"POST", "/v1/servers/irc.tea.example/unlink", ``},
	{"POST", "/v1/servers/irc.tea.example/link", ``},
}

// configCheck takes a text of many lines, and shows it to nobody else.
const configCheck = "/v1/config/check"

// injection ends a line, begins another one, and ends a string of C.
const injection = "\r\nINJECTED :x\n\x00INJECTED y"

// TestAPIInjection: whatever text a program sends, it begins no line, neither to a client
// nor in the log. https://cwe.mitre.org/data/definitions/93.html
func TestAPIInjection(t *testing.T) {
	a, _ := newAPIClient(t, "")
	alice, bob := a.irc("alice"), a.irc("bob")
	for _, c := range []*ircClient{alice, bob} {
		c.say("JOIN #tea")
		c.hears(" 366 ")
	}
	a.does("POST", "/v1/accounts", `{"name":"dora","password":"oolong tea"}`)
	bad := url.PathEscape(injection)
	tested := map[string]bool{}
	for _, w := range writes {
		method, path, body := w[0], w[1], w[2]
		tested[route(method, path).ID] = true
		steps := strings.Split(path, "/")
		for i := 3; i < len(steps); i += 2 { // what is named by the path
			if steps[i] == "check" {
				continue
			}
			named := append([]string(nil), steps...)
			named[i] += bad
			if status, _, text := a.ask(method, strings.Join(named, "/"), body); status < 400 {
				t.Errorf("%s %s is done: %s", method, strings.Join(named, "/"), text)
			}
		}
		a.injectInto(method, path, body)
	}
	for _, r := range httpapi.Routes() {
		if r.Writes() && !tested[r.ID] && r.ID != "rehash" && r.ID != "endDrain" {
			t.Errorf("%s is not tested", r.ID)
		}
	}
	alice.say("PRIVMSG alice :that was all")
	for alice.in.Scan() && !strings.Contains(alice.in.Text(), "that was all") {
		if line := alice.in.Text(); strings.HasPrefix(line, "INJECTED") || strings.ContainsAny(line, "\r\n\x00") {
			t.Errorf("alice reads %q", line)
		}
	}
	for line := range strings.Lines(a.log.String()) {
		if strings.HasPrefix(line, "INJECTED") || strings.ContainsAny(strings.TrimSuffix(line, "\n"), "\r\n\x00") {
			t.Errorf("the log has %q", line)
		}
	}
}

// injectInto asks with each text of a body, ended by an injection.
func (a *apiClient) injectInto(method, path, body string) {
	a.Helper()
	var fields map[string]any
	if body == "" {
		return
	}
	if err := json.Unmarshal([]byte(body), &fields); err != nil {
		a.Fatal(err)
	}
	for name, good := range fields {
		text, ok := good.(string)
		if !ok {
			continue
		}
		fields[name] = text + injection
		wrong, err := json.Marshal(fields)
		if err != nil {
			a.Fatal(err)
		}
		fields[name] = good
		status, _, answer := a.ask(method, path, string(wrong))
		if want := http.StatusUnprocessableEntity; status != want && path != configCheck {
			a.Errorf("%s %s %s is %d, not %d: %s", method, path, wrong, status, want, answer)
		}
	}
}
