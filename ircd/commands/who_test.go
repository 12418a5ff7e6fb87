package commands

import (
	"testing"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/state"
)

func TestParseWho(t *testing.T) {
	for _, c := range []struct {
		mask, options string
		want          whoQuery
	}{
		{"", "", whoQuery{mask: "*", token: "0"}},
		{"0", "", whoQuery{mask: "*", token: "0"}},
		{"#tea", "o", whoQuery{mask: "#tea", opers: true, token: "0"}},
		{"b*", "hn", whoQuery{mask: "b*", by: "nh", token: "0"}},
		{"b*", "%", whoQuery{mask: "b*", token: "0"}},
		{"b*", "%raant,42", whoQuery{mask: "b*", fields: "tnar", token: "42"}},
		{"b*", "o%n,007,x", whoQuery{mask: "b*", opers: true, fields: "n", token: "0"}},
		{"b*", "%tcuihsnfdlaor%Z,999", whoQuery{mask: "b*", fields: whoxFields, token: "999"}},
		{"b*", "%t,1000", whoQuery{mask: "b*", fields: "t", token: "0"}},
		{"b*", "%t,-1", whoQuery{mask: "b*", fields: "t", token: "0"}},
		{"b*", "%t,", whoQuery{mask: "b*", fields: "t", token: "0"}},
	} {
		if got := parseWho(c.mask, c.options); got != c.want {
			t.Errorf("parseWho(%q, %q) = %+v, want %+v", c.mask, c.options, got, c.want)
		}
	}
}

func TestWhoMatcher(t *testing.T) {
	id := &state.Identity{
		Nick: "bob", Ident: "~robert", Host: "cloak.example.org", Realname: "Bob the Builder", Account: "bobby",
		Person: &event.Person{RealHost: "home.example.net", IP: "203.0.113.2", Server: "irc.example.com"},
	}
	for _, c := range []struct {
		mask, by         string
		others, intimate bool
	}{
		{"B?b", "", true, true},
		{"~rob*", "", true, true},
		{"*build*", "", true, true},
		{"*by", "", true, true},
		{"*by", "n", false, false},
		{"*by", "na", true, true},
		{"clo*", "", false, false}, // a cloak is no word
		{"clo*", "h", true, true},
		{"*.ORG", "", true, true},
		{"*.example.com", "", true, true},
		{"*.example.net", "", false, true},
		{"*.example.net", "h", false, true},
		{"203.0.113.*", "", false, true},
		{"203.0.113.*", "i", false, true},
		{"203.0.113.*", "h", false, false},
		{"*.net", "s", false, false},
		{"*.com", "s", true, true},
		{"*@home.example.net", "", false, false},
		{"", "", false, false},
	} {
		match := whoMatcher(casemap.ASCII, c.mask, c.by)
		if got := match(id, false); got != c.others {
			t.Errorf("WHO %s %s by others: %v", c.mask, c.by, got)
		}
		if got := match(id, true); got != c.intimate {
			t.Errorf("WHO %s %s by an operator: %v", c.mask, c.by, got)
		}
	}
}
