package server

import (
	"strings"
	"testing"

	"github.com/parley-irc/parley/ircd/server/control"
)

// TestErase tests that whoever removes an account removes what its owner has said, too, by
// the HTTP API and by a command on the same machine.
func TestErase(t *testing.T) {
	a, _ := newAPIClient(t, "")
	stays := a.irc("alice")
	stays.say("JOIN #tea\r\nPRIVMSG #tea :mine stays")
	stays.hears(" 366 ")
	for name, erase := range map[string]func(){
		"carol": func() { a.does("DELETE", "/v1/accounts/carol", "") },
		"david": func() {
			lines, err := control.Call(a.Config().Server.DataDir, control.Request{Command: "account del", Name: "David"})
			if err != nil || !strings.Contains(strings.Join(lines, "\n"), "account david is deleted with what it has said (") {
				t.Error(lines, err)
			}
		},
	} {
		c := a.irc(name)
		c.say("REGISTER * * robertspassword")
		c.hears("REGISTER SUCCESS")
		c.say("NICK " + name + "2\r\nNS GROUP\r\nJOIN #tea\r\nPRIVMSG #tea :secret of " + name + "\r\nPING done")
		c.hears("PONG")
		const path = "/v1/channels/%23tea/history"
		a.does("GET", path, "", "mine stays", "secret of "+name)
		erase()
		if _, _, text := a.ask("GET", path, ""); strings.Contains(string(text), "secret of "+name) || !strings.Contains(string(text), "mine stays") {
			t.Errorf("when the account of %s is removed, this is left: %s", name, text)
		}
	}
	if _, err := control.Call(a.Config().Server.DataDir, control.Request{Command: "account del", Name: "nobody"}); err == nil {
		t.Error("an account is removed that is not there")
	}
}
