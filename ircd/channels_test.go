package main

import (
	"strings"
	"syscall"
	"testing"
)

// TestChannelSurvivesKill kills the server without warning as soon as it has told of a
// change, over and over. What it had told is so again.
func TestChannelSurvivesKill(t *testing.T) {
	dir := newFolder(t, quiet)
	p := launch(t, dir)
	c := connect(t, p.address("127.0.0.1"), "alice")
	c.send("NS REGISTER secret-tea")
	c.wait(" 900 ")
	c.send("JOIN #tea\r\nCS REGISTER #tea")
	c.wait("MODE #tea +q alice")
	for round, change := range []struct{ line, heard, ask, want string }{
		{"PING done", "PONG", "MODE #tea", " 324 alice #tea +ntr"},
		{"TOPIC #tea :green", "TOPIC #tea ", "TOPIC #tea", " 332 alice #tea green"},
		{"MODE #tea +b eve!*@*", "MODE #tea +b", "MODE #tea b", " 367 alice #tea eve!*@* "},
		{"MODE #tea +l 7", "MODE #tea +l", "MODE #tea", "+lntr 7"},
		{"CS SET #tea MLOCK +m", "MODE #tea +m", "MODE #tea", "+lmntr 7"},
		{"CS AKICK #tea ADD mallory!*@*", "is kept out", "CS AKICK #tea LIST", "mallory!*@*"},
		{"MODE #tea -b eve!*@*", "MODE #tea -b", "MODE #tea b", " 368 alice #tea "},
		{"TOPIC #tea :", "TOPIC #tea", "TOPIC #tea", " 331 alice #tea "},
	} {
		c.send(change.line)
		c.wait(change.heard)
		p.signal(syscall.SIGKILL)
		p.exit()
		p = launch(t, dir)
		c = dial(t, p.address("127.0.0.1"))
		c.send("CAP REQ sasl\r\nNICK alice\r\nUSER alice 0 * :alice\r\nAUTHENTICATE PLAIN")
		c.wait("AUTHENTICATE +")
		c.send("AUTHENTICATE AGFsaWNlAHNlY3JldC10ZWE=\r\nCAP END")
		c.wait(" 001 ")
		c.send("JOIN #tea")
		c.wait("MODE #tea +q alice")
		c.wait(" 366 ")
		c.send(change.ask)
		if got := c.wait(" alice "); !strings.Contains(got, change.want) {
			t.Errorf("round %d: after %q and a crash, %s says %q, want %q", round, change.line, change.ask, got, change.want)
		}
	}
}

// TestChannelSurvivesStop stops a server politely: what is permanent, but not
// registered, stays as well.
func TestChannelSurvivesStop(t *testing.T) {
	dir := newFolder(t, quiet)
	p := launch(t, dir)
	c := connect(t, p.address("127.0.0.1"), "alice")
	c.send("NS REGISTER secret-tea")
	c.wait(" 900 ")
	c.send("JOIN #tea\r\nCS REGISTER #tea\r\nMODE #tea +s")
	c.wait("MODE #tea +s")
	p.signal(syscall.SIGTERM)
	codeIs(t, p.exit(), 0)
	p = launch(t, dir)
	c = connect(t, p.address("127.0.0.1"), "bob")
	c.send("JOIN #tea")
	c.wait(" 366 ")
	c.send("MODE #tea")
	contains(t, c.wait(" 324 "), "+ntsr")
}
