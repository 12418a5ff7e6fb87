package main

import (
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// staffed has an operator.
const staffed = quiet + `
[[oper]]
name = "admin"
password = "$argon2id$v=19$m=64,t=1,p=1$aXJjdGVzdCBzYWx0IG9wZQ$xKyCJaod8S+IURJfq+d1XFaKJohpnz/A/V5J1XEza4k"
class = "netadmin"
`

// TestRestart: a server that is told to starts again with the same process number, and
// nobody who connects meanwhile is refused.
func TestRestart(t *testing.T) {
	dir := newFolder(t, staffed)
	p := launch(t, dir)
	address := p.address("127.0.0.1")
	alice := connect(t, address, "alice")
	alice.send("OPER admin operpassword")
	alice.wait(" 381 ")

	// Not with a configuration by which it could not start.
	writeFile(t, filepath.Join(dir, defaultConfig), staffed+"[limits]\nnick-length = 0\n")
	alice.send("RESTART irc.tea.example")
	contains(t, alice.wait("NOTICE alice :The server goes on"), "nick-length")
	writeFile(t, filepath.Join(dir, defaultConfig), strings.Replace(staffed, "[server]", "[server]\ndescription = \"The second run\"", 1))

	stop := make(chan struct{})
	var refused, tried int
	var all sync.WaitGroup
	all.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(2 * time.Millisecond):
			}
			tried++
			c, err := net.Dial("tcp", address)
			if err != nil {
				refused++
				continue
			}
			c.Close()
		}
	})
	alice.send("RESTART irc.tea.example :a newer version")
	contains(t, alice.wait("ERROR "), "Restarted by alice")
	p.says(`listening address=(127\.0\.0\.1:\d+)`, 2)
	bob := connect(t, address, "bob")
	close(stop)
	all.Wait()
	if refused > 0 || tried == 0 {
		t.Errorf("%d of %d connections were refused", refused, tried)
	}
	bob.send("WHOIS bob")
	contains(t, bob.wait(" 312 "), "The second run")
	bob.send("OPER admin operpassword")
	bob.wait(" 381 ")
	bob.send("AUDIT restart")
	contains(t, bob.wait("NOTICE bob :"), "alice (admin) restart irc.tea.example: a newer version")
	bob.send("DIE irc.tea.example")
	contains(t, bob.wait("ERROR "), "Stopped by bob")
	codeIs(t, p.exit(), exitOK, p.stderr.String())
}
