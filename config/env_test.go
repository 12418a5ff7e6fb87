package config

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestEnvironment(t *testing.T) {
	env := []string{
		"HOME=/root", "PARLEY_TEST_CLOCK=+1y",
		"PARLEY__LIMITS__NICK_LENGTH=20",
		"PARLEY__FLOOD__ENABLED=false",
		"PARLEY__NETWORK__NAME=Tea=Time",
		"PARLEY__CONNECTIONS__EXEMPT=10.0.0.0/8, ::1 ,",
		"PARLEY__PROXY__ALLOWED_FROM=",
		"PARLEY__SERVER__PING_TIMEOUT=1h30m",
		"PARLEY__LIMITS__SEND_QUEUE=2MiB",
		"PARLEY__TLS__STS__PORT=443",
		"PARLEY__LISTENER__2__ADDRESS=:6697",
		"PARLEY__LISTENER__4__ADDRESS=:7000",
		"PARLEY__LISTENER__4__TLS=true",
	}
	env[4] = "PARLEY__NETWORK__NAME=Tea"
	c, err := Parse("p.toml", []byte("[limits]\nnick-length = 3000\nmodes = 5\n"), env)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ key, got, want any }{
		{"nick-length", c.Limits.NickLength, 20},
		{"modes", c.Limits.Modes, 5},
		{"enabled", c.Flood.Enabled, false},
		{"name", c.Network.Name, "Tea"},
		{"exempt", c.Connections.Exempt, []string{"10.0.0.0/8", "::1"}},
		{"allowed-from", c.Proxy.AllowedFrom, []string{}},
		{"ping-timeout", c.Server.PingTimeout.Std(), 90 * time.Minute},
		{"send-queue", c.Limits.SendQueue, 2 * MiB},
		{"port", c.TLS.STS.Port, 443},
		{"second listener", c.Listeners[1], Listener{Address: ":6697", TLS: true}},
		{"fourth listener", c.Listeners[3], Listener{Address: ":7000", TLS: true}},
	}
	for _, test := range tests {
		if !reflect.DeepEqual(test.got, test.want) {
			t.Errorf("%s is %v, want %v", test.key, test.got, test.want)
		}
	}
}

func TestManyTables(t *testing.T) {
	var env []string
	for _, n := range strings.Fields("12 11 10 9 8 7 6 5 4") {
		env = append(env, "PARLEY__LISTENER__"+n+"__ADDRESS=:"+n)
	}
	c, err := Parse("", nil, env)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Listeners) != 12 || c.Listeners[11].Address != ":12" {
		t.Errorf("listeners are %+v", c.Listeners)
	}
}

func TestEnvironmentProblems(t *testing.T) {
	tests := []struct{ entry, want string }{
		{"PARLEY__LIMITS__NICK_LENGHT=3", "PARLEY__LIMITS__NICK_LENGHT: there is no such key; did you mean NICK_LENGTH for NICK_LENGHT?"},
		{"PARLEY__LIMIT__NICK_LENGTH=3", "PARLEY__LIMIT__NICK_LENGTH: there is no such key; did you mean LIMITS for LIMIT?"},
		{"PARLEY__PROXY__Q=3", "PARLEY__PROXY__Q: there is no such key; instead of Q write one of ALLOWED_FROM"},
		{"PARLEY__LIMITS=3", "PARLEY__LIMITS: limits: name a section and a key"},
		{"PARLEY__LIMITS__MODES__X=3", "PARLEY__LIMITS__MODES__X: limits.modes: name a section and a key"},
		{"PARLEY__LISTENER__ADDRESS=:1", "PARLEY__LISTENER__ADDRESS: listener: put the number of a [[listener]] after the section"},
		{"PARLEY__LISTENER__9__ADDRESS=:1", "PARLEY__LISTENER__9__ADDRESS: listener: put the number of a [[listener]] after the section, such as PARLEY__LISTENER__1__KEY; there are"},
		{"PARLEY__LISTENER__1__ADDRESS=x", `PARLEY__LISTENER__1__ADDRESS: listener.address: cannot be "x"; write an address`},
		{"PARLEY__LIMITS__MODES=four", "PARLEY__LIMITS__MODES: limits.modes: cannot be this; write a whole number"},
		{"PARLEY__LIMITS__MODES=400", "PARLEY__LIMITS__MODES: limits.modes: cannot be 400; write a number from 1 to 20"},
		{"PARLEY__SERVER__PING_TIMEOUT=5", `PARLEY__SERVER__PING_TIMEOUT: server.ping-timeout: cannot be this; write a duration such as "90s"`},
		{"PARLEY__FLOOD__ENABLED=1", "PARLEY__FLOOD__ENABLED: flood.enabled: cannot be this; write true or false"},
		{"PARLEY__CONNECTIONS__EXEMPT=10.0.0.0/8,x", `PARLEY__CONNECTIONS__EXEMPT: connections.exempt: cannot be "x"`},
		{"PARLEY__", "PARLEY__: there is no such key"},
	}
	for _, test := range tests {
		_, err := Parse("p.toml", nil, []string{test.entry})
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", test.entry, err, test.want)
		}
	}
}
