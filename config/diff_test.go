package config

import (
	"reflect"
	"testing"
	"time"
)

func TestDiff(t *testing.T) {
	before, after := Default(), Default()
	if changes := Diff(before, after); len(changes) > 0 {
		t.Errorf("equal ones differ: %+v", changes)
	}
	before.Opers = []Oper{{Name: "alice", Class: "a"}, {Name: "bob", Class: "a"}}
	after.Opers = []Oper{{Name: "bob", Class: "b"}, {Name: "eve"}}
	after.Server.Name = "b.example"
	after.Server.Password = "$2a$x"
	after.Server.PingTimeout = Duration(time.Hour)
	after.Proxy.AllowedFrom = []string{"::1"}
	after.Limits.SendQueue = 2 * MiB
	after.TLS.STS.Enabled = true
	want := []Change{
		{"server.name", `"irc.parley.example"`, `"b.example"`, true},
		{"server.password", `""`, `"(secret)"`, false},
		{"server.ping-timeout", `"2m30s"`, `"1h"`, false},
		{"tls.sts.enabled", "false", "true", false},
		{"proxy.allowed-from", "[]", `["::1"]`, false},
		{"limits.send-queue", `"1MiB"`, `"2MiB"`, false},
		{"oper[alice]", "[[oper]]", "", false},
		{"oper[bob].class", `"a"`, `"b"`, false},
		{"oper[eve]", "", "[[oper]]", false},
	}
	want[1].New = "(secret)"
	if got := Diff(before, after); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestLive(t *testing.T) {
	running, loaded := Default(), Default()
	loaded.Server.Name = "b.example"
	loaded.Server.MOTD = "motd"
	loaded.Cloak.Secret = "x"
	loaded.Listeners = loaded.Listeners[:1]
	live := Live(running, loaded)
	for _, c := range Diff(live, loaded) {
		if !c.Restart {
			t.Errorf("%s was not taken over", c.Key)
		}
	}
	for _, c := range Diff(running, live) {
		if c.Restart {
			t.Errorf("%s waits for a restart but changed", c.Key)
		}
	}
	if n := len(Diff(running, live)); n != 3 { // the MOTD and two listeners
		t.Errorf("%d live changes: %+v", n, Diff(running, live))
	}
}
