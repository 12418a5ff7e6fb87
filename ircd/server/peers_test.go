package server

import (
	"fmt"
	"net"
	"testing"
	"time"
)

// say connects and sends lines, and returns what it hears until text has come.
func (r *running) say(i int, text string, lines ...string) string {
	r.Helper()
	c, err := net.Dial("tcp", r.address(i))
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	for _, line := range lines {
		fmt.Fprintf(c, "%s\r\n", line)
	}
	return readUntil(r.T, c, text)
}

// TestPeers checks who clients are behind proxies and gateways, and that they are
// limited by that.
func TestPeers(t *testing.T) {
	const hash = "$argon2id$v=19$m=64,t=1,p=1$aXJjdGVzdCBzYWx0IG9wZQ$xKyCJaod8S+IURJfq+d1XFaKJohpnz/A/V5J1XEza4k"
	r := start(t, plainAt+
		"[[listener]]\naddress = \"127.0.0.2:0\"\nproxy = true\n"+
		"[[listener]]\naddress = \"127.0.0.3:0\"\nsts-only = true\n"+
		"[users]\ndefault-modes = \"+i\"\n"+
		"[connections]\nper-address = 1\nexempt = []\n"+
		"[tls.sts]\nenabled = true\n"+
		"[[webirc]]\nname = \"web\"\nhosts = [\"127.0.0.1\"]\npassword = \""+hash+"\"\n")

	webirc := "WEBIRC operpassword web tea.example 192.0.2.7"
	user := func(nick string) []string { return []string{"NICK " + nick, "USER x 0 * :x", "WHOIS " + nick} }
	contains(t, r.say(0, " 318 ", append([]string{webirc}, user("alice")...)...), "tea.example", "192.0.2.7")
	contains(t, r.say(0, "ERROR", webirc), "There are 1 connections from your address")
	contains(t, r.say(0, "ERROR", "WEBIRC wrong web tea.example 192.0.2.8"), "WEBIRC refused")

	proxy := "PROXY TCP4 192.0.2.9 192.0.2.1 5000 6667"
	contains(t, r.say(1, " 318 ", append([]string{proxy}, user("bob")...)...), "192.0.2.9")
	contains(t, r.say(1, "ERROR", append([]string{proxy}, user("carol")...)...), "There are 1 connections from your address")

	contains(t, r.say(2, "ERROR", append([]string{"CAP LS 302"}, append(user("dave"), "CAP END")...)...), "sts=port=6697", "TLS")
}
