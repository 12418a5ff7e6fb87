package bans

import (
	"strings"
	"testing"

	"github.com/parley-irc/parley/ircd/casemap"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		action   Action
		in, want string
		eve, bob bool
	}{
		{Out, "192.0.2.7", "192.0.2.7", true, false},
		{Out, "192.0.2.99/24", "192.0.2.0/24", true, false},
		{Out, "::ffff:192.0.2.7", "192.0.2.7", true, false},
		{Out, "2001:DB8::/32", "2001:db8::/32", false, true},
		{Out, "a::/16", "a::/16", false, false},
		{Out, "*!*@192.0.2.0/24", "192.0.2.0/24", true, false},
		{Out, "~eve@192.0.2.0/24", "*!~eve@192.0.2.0/24", true, false},
		{Out, "x@192.0.2.0/24", "*!x@192.0.2.0/24", false, false},
		{Out, "evelyn", "a:evelyn", true, false},
		{Out, "account:Evelyn", "a:Evelyn", true, false},
		{Out, "a:e*", "a:e*", true, false},
		{Out, "eve!*@*", "eve!*@*", true, false},
		{Out, "*.spam.example", "*!*@*.spam.example", true, false},
		{Out, "~eve@*", "*!~eve@*", true, false},
		{Out, "r:*buy*", "r:*buy*", true, false},
		{Out, "S:" + strings.ToUpper(fingerprint), "S:" + fingerprint, true, false},
		{Out, "192.0.2.0/24&U:*", "*!*@192.0.2.0/24&U:*", false, false},
		{Out, "2001:db8::/32&U:*", "*!*@2001:db8::/32&U:*", false, true},
		{Shun, "c:#spam", "c:#spam", true, false},
		{Exempt, "!a:bob", "!a:bob", true, true},
	} {
		q, err := Parse(casemap.ASCII, tt.action, tt.in)
		if err != nil {
			t.Errorf("%q: %v", tt.in, err)
			continue
		}
		if q.Target != tt.want || q.Match(eve) != tt.eve || q.Match(bob) != tt.bob {
			t.Errorf("%q is %q, and is about eve: %v, about bob: %v", tt.in, q.Target, q.Match(eve), q.Match(bob))
		}
		again, err := Parse(casemap.ASCII, tt.action, q.Target)
		if err != nil || again.Target != q.Target || again.key != q.key {
			t.Errorf("%q becomes %q (%v)", q.Target, again.Target, err)
		}
	}
	for in, word := range map[string]string{
		"": "mask", "a b": "mask", "x:bob": "called", "m:bob": "acts on channels", "t:5:bob!*@*": "acts on channels", "T:block:x": "acts on channels",
		"192.0.2.0/33": "mask", "1.2.3.4/x": "mask",
	} {
		if _, err := Parse(casemap.ASCII, Out, in); err != nil && !strings.Contains(err.Error(), word) {
			t.Errorf("%q: %v", in, err)
		}
	}
	for _, in := range []string{"", "*", "**", "#*", "?", "a b", ":x", "x\n", strings.Repeat("x", 300)} {
		if _, err := Parse(casemap.ASCII, Reserve, in); err == nil {
			t.Errorf("%q can be reserved", in)
		}
	}
}

func TestWide(t *testing.T) {
	for target, want := range map[string]bool{
		"0.0.0.0/0": true, "10.0.0.0/8": true, "10.1.0.0/16": false, "2000::/3": true, "2001:db8::/32": false, "192.0.2.7": false,
		"*!*@*": true, "*!*@*.com": true, "*.example": false, "a*!*@*": true, "~eve@*": true, "evelyn": false, "a:e*": true, "a:evil*": false,
		"U:*": true, "z:*": true, "!a:bob": true, "s:irc.example": true, "C:GB": true, "G:unknown-users": true, "A:64500": false, "U:*&192.0.2.0/24": false, "*!*@192.0.2.0/24&U:*": false,
	} {
		q, err := Parse(casemap.ASCII, Out, target)
		if err != nil {
			if target != "U:*&192.0.2.0/24" { // a mask comes first
				t.Error(target, err)
			}
			continue
		}
		if got := q.Wide(); got != want {
			t.Errorf("%s is wide: %v", target, got)
		}
	}
	for target, want := range map[string]bool{"x*": true, "spam*": false, "#x*": true, "#spam": false} {
		q, err := Parse(casemap.ASCII, Reserve, target)
		if err != nil || q.Wide() != want {
			t.Errorf("%s is wide: %v, %v", target, q.Wide(), err)
		}
	}
}
