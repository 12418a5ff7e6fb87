package server

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/httpapi"
)

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
	apiUsers(a, alice, bob)
	apiChannels(a, alice, bob)
	apiAccounts(a)
	apiRegistrations(a, bob)
	apiBans(a)
	apiServer(a, alice)
	a.does("POST", "/v1/users/robert/kill", `{"reason":"good night"}`)
	bob.hears("ERROR :")
	a.does("GET", "/v1/users/robert/whowas", "", `"account":"robert"`)
	a.does("DELETE", "/v1/accounts/carol", "")
	a.refuses(404, "not-found", "GET", "/v1/accounts/carol", "")

	apiBodies(a)

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

// apiUsers asks for what has to do with users.
func apiUsers(a *apiClient, alice, bob *ircClient) {
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
}

// apiChannels asks for what has to do with channels.
func apiChannels(a *apiClient, alice, bob *ircClient) {
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
}

// apiAccounts asks for what has to do with accounts.
func apiAccounts(a *apiClient) {
	a.does("POST", "/v1/accounts", `{"name":"carol","password":"oolong tea","email":"carol@example.org"}`, `"name":"carol"`, `"verified":true`)
	a.refuses(409, "conflict", "POST", "/v1/accounts", `{"name":"Carol","password":"oolong tea"}`)
	a.refuses(422, "invalid", "POST", "/v1/accounts", `{"name":"no name","password":"oolong tea"}`)
	if p := a.refuses(422, "invalid", "POST", "/v1/accounts", `{"name":"dave"}`); p["field"] != "password" {
		a.Errorf("the field is %v", p["field"])
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
	if _, err := a.accounts.AddCertFactor(a.Context(), "carol", "laptop", strings.Repeat("ab", 32)); err != nil {
		a.Fatal(err)
	}
	a.does("POST", "/v1/accounts/carol/drop-factors", "")
	a.does("POST", "/v1/accounts/carol/suspend", `{"reason":"spam","duration":"30d"}`, `"by":"api:full"`, `"reason":"spam"`)
	a.does("POST", "/v1/accounts/check", `{"name":"carol","password":"white tea"}`, `"ok":false`, "suspended")
	a.refuses(422, "invalid", "POST", "/v1/accounts/carol/suspend", `{"reason":"spam","duration":"a while"}`)
	a.does("POST", "/v1/accounts/carol/unsuspend", "")
}

// apiRegistrations asks for what has to do with channels that are registered.
func apiRegistrations(a *apiClient, bob *ircClient) {
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
}

// apiBans asks for what keeps order.
func apiBans(a *apiClient) {
	if p := a.refuses(409, "confirm", "POST", "/v1/bans", `{"target":"*!*@*","reason":"all"}`); !strings.Contains(p["detail"].(string), "2 of 2 users") {
		a.Error(p)
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
}

// apiServer asks for what has to do with the server.
func apiServer(a *apiClient, alice *ircClient) {
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
}

// apiBodies asks with bodies that something is wrong with.
func apiBodies(a *apiClient) {
	a.refuses(400, "bad-request", "POST", "/v1/announce", `{"text":`)
	a.refuses(400, "bad-request", "POST", "/v1/announce", `{"text":"x","txet":"y"}`)
	a.refuses(400, "bad-request", "POST", "/v1/announce", `{"text":"x"} {}`)
	a.refuses(400, "bad-request", "POST", "/v1/announce", `{"text":`+strings.Repeat("[", 1<<19))
	a.refuses(422, "invalid", "POST", "/v1/announce", `{"text":5}`)
	a.refuses(415, "wrong-type", "POST", "/v1/announce", "")
	a.refuses(413, "too-large", "POST", "/v1/announce", `{"text":"`+strings.Repeat("x", 2<<20)+`"}`)
}
