package server

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// TestEvents: what happens is told as it happens, and again to who comes back.
func TestEvents(t *testing.T) {
	a, _ := newAPIClient(t, "")
	s := a.events(url.Values{"types": {"account.*,ban.set,server.rehash,oper.act"}}, "")
	a.does("POST", "/v1/accounts", `{"name":"carol","password":"oolong tea"}`)
	a.does("POST", "/v1/accounts/carol/suspend", `{"reason":"spam"}`)
	a.does("POST", "/v1/bans", `{"target":"192.0.2.66","reason":"spam"}`)
	a.does("POST", "/v1/rehash", "")
	var got []string
	first := ""
	for len(got) < 8 {
		id, kind, data := a.nextEvent(s)
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
	again := a.events(url.Values{"types": {"account.*"}}, first)
	if _, kind, _ := a.nextEvent(again); kind != "account.suspended" {
		t.Errorf("who comes back is told of %s first", kind)
	}
	a.refuses(422, "invalid", "GET", "/v1/events?types=account.exploded", "")
}

// events opens a stream of events, behind the last one that was told.
func (a *apiClient) events(query url.Values, last string) *bufio.Scanner {
	a.Helper()
	r, _ := http.NewRequestWithContext(a.Context(), "GET", "http://"+a.Web("API")+"/v1/events?"+query.Encode(), nil)
	r.Header.Set("Authorization", "Bearer "+a.token)
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		a.Fatal(err)
	}
	a.Cleanup(func() { resp.Body.Close() })
	if kind := resp.Header.Get("Content-Type"); resp.StatusCode != 200 || kind != "text/event-stream" {
		a.Fatal(resp.StatusCode, kind)
	}
	s := bufio.NewScanner(resp.Body)
	s.Scan() // the comment, behind which nothing is missed
	return s
}

// nextEvent returns what a stream tells next.
func (a *apiClient) nextEvent(s *bufio.Scanner) (id, kind string, data map[string]any) {
	a.Helper()
	for s.Scan() {
		switch name, value, _ := strings.Cut(s.Text(), ": "); name {
		case "id":
			id = value
		case "event":
			kind = value
		case "data":
			if err := json.Unmarshal([]byte(value), &data); err != nil {
				a.Fatal(err)
			}
			return id, kind, data
		}
	}
	a.Fatal("the stream has ended", s.Err())
	return id, kind, data
}
