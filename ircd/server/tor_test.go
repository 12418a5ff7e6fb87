package server

import (
	"bufio"
	"net"
	"strings"
	"testing"
	"time"
)

func torAt(address, more string) string {
	return "[[listener]]\naddress = \"" + address + ":0\"\ntor = true\n" + more
}

// dialogue sends lines, and returns what the server says up to a line that has one of the
// words, or the end.
func dialogue(t *testing.T, addr, send string, until ...string) string {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	if _, err := c.Write([]byte(send)); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for s := bufio.NewScanner(c); s.Scan(); {
		all.WriteString(s.Text() + "\n")
		for _, word := range until {
			if strings.Contains(s.Text(), word) {
				return all.String()
			}
		}
	}
	return all.String()
}

// TestTor: who comes through Tor is not taken for somebody of this machine, and has an
// address that says so, or one for each circuit.
func TestTor(t *testing.T) {
	r := start(t, plainAt+torAt("127.0.0.2", "")+torAt("127.0.0.3", "proxy = true\n")+torAt("127.0.0.4", "require-login = true\n"))
	who := func(n int, first string) string {
		return dialogue(t, r.address(n), first+"NICK ann\r\nUSER ann 0 * :Ann\r\nWHOIS ann\r\nQUIT\r\n", " 318 ", "ERROR")
	}
	if got := who(0, ""); !strings.Contains(got, " 338 ann ann ~ann@127.0.0.1 127.0.0.1 ") {
		t.Errorf("of this machine: %s", got)
	}
	if got := who(1, ""); !strings.Contains(got, " fc00:dead:beef:4dad:: ") || strings.Contains(got, "127.0.0.1 :") {
		t.Errorf("through Tor: %s", got)
	}
	if got := who(2, "PROXY TCP6 fc00:dead:beef:4dad::7 ::1 1 6667\r\n"); !strings.Contains(got, " fc00:dead:beef:4dad::7 ") {
		t.Errorf("through a circuit of Tor: %s", got)
	}
	if got := who(3, ""); !strings.Contains(got, "FAIL * ACCOUNT_REQUIRED") || strings.Contains(got, " 001 ") {
		t.Errorf("where one has to log in: %s", got)
	}
	if l := r.Listening(); l[1].For != "IRC through Tor" || l[2].For != "IRC behind a proxy through Tor" {
		t.Errorf("%+v", l)
	}
}
