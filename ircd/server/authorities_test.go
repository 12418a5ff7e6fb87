package server

import (
	"bufio"
	"encoding/base64"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// login connects and logs in by PLAIN, and returns the numeric that answers.
func (r *running) login(name, password string) string {
	r.Helper()
	c, err := net.Dial("tcp", r.address(0))
	if err != nil {
		r.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	io.WriteString(c, "CAP REQ sasl\r\nAUTHENTICATE PLAIN\r\nAUTHENTICATE "+
		base64.StdEncoding.EncodeToString([]byte("\x00"+name+"\x00"+password))+"\r\n")
	in := bufio.NewScanner(c)
	for in.Scan() {
		if word := strings.Fields(in.Text()); len(word) > 1 && (word[1] == "900" || word[1] == "904") {
			return strings.TrimPrefix(in.Text(), word[0]+" ")
		}
	}
	return "nothing"
}

func (r *running) logs(name, password, want string) {
	r.Helper()
	if got := r.login(name, password); !strings.HasPrefix(got, want) {
		r.Errorf("%s with %q: %s, want %s", name, password, got, want)
	}
}

// TestScript tests a program that knows accounts, which is changed while the server runs.
func TestScript(t *testing.T) {
	program := func(password string) string {
		return plainAt + `[accounts.script]
command = ["sh", "-c", '''while read -r line; do case "$line" in  *\"` + password + `\"*) echo '{"success":true}';; *trouble*) echo '{"success":false,"error":"no database"}';;  *) echo '{"success":false}';; esac; done''']
`
	}
	r := start(t, program("sesame"))
	r.logs("alice", "wrong", "904 * :SASL authentication failed")
	if r.accounts.Count() != 0 {
		t.Error("there is an account already")
	}
	r.logs("alice", "sesame", "900 * *!*@127.0.0.1 alice ")
	r.logs("trouble", "trouble", "904 * :SASL authentication failed: The accounts cannot be checked just now")
	r.logs("ChanServ", "sesame", "904 * :SASL authentication failed: Nobody can have an account of this name")
	contains(t, r.log.String(), "no database")
	r.configure(program("open"))
	r.rehash()
	r.logs("alice", "sesame", "904 * :SASL authentication failed")
	r.logs("alice", "open", "900 * *!*@127.0.0.1 alice ")
	r.configure(plainAt)
	r.rehash()
	r.logs("alice", "open", "904 * :SASL authentication failed")
	r.configure(plainAt + "[accounts.script]\ncommand = [\"no-such-program\"]\n")
	if _, err := r.Rehash(); err == nil {
		t.Error("a program that does not exist")
	}
}
