package casemap

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestValidRelayNick(t *testing.T) {
	for nick, want := range map[string]bool{
		"smt/discord": true, "jäbä/xmpp": true, "1337/irc": true, "алиса/matrix": true, "a/b/c": true,
		"[m]/x": true, "a(b": true, "😀/x": true, "👩\u200d💻/x": true,
		"": false, "/": false, "smt": false, "/discord": false, "smt/": false, "a b/c": false,
		"invalid!nick/discord": false, "@smt/discord": false, "~smt/x": false, "+smt/x": false, "smt*/x": false,
		"a.b/c": false, "a\u200b/c": false, "a\u202e/c": false, "\u0301a/c": false, "a\x00/c": false,
		"a\u3164/c": false, "a\xff/c": false, "a／c": false, strings.Repeat("x", 62) + "/yz": false,
		strings.Repeat("x", 62) + "/y": true,
	} {
		if got := ValidRelayNick(nick, "/(", 64); got != want {
			t.Errorf("ValidRelayNick(%q) = %v", nick, got)
		}
	}
}

// TestRelayNicksAreNoNicks tests that nobody can have, or register, a nick that is
// valid for a relayed message, and that it reads as the nick of a source.
func TestRelayNicksAreNoNicks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sep := rapid.SampledFrom([]byte(RelaySeparators)).Draw(t, "separator")
		nick := rapid.StringOf(rapid.OneOf(rapid.RuneFrom([]rune("ab[/;<>()!@ .:*")), rapid.Rune())).Draw(t, "nick")
		if !ValidRelayNick(nick, string(sep), 64) {
			return
		}
		for _, m := range []Mapping{ASCII, RFC1459, Precis} {
			if m.ValidNick(nick, 64) {
				t.Fatalf("%q may be a user's", nick)
			}
		}
		if strings.ContainsAny(nick, " !@:\r\n\x00") || IsChannel(nick) {
			t.Fatalf("%q cannot stand in a source", nick)
		}
	})
}
