package ergo

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/accounts/foreign"
	"github.com/parley-irc/parley/ircd/accounts/password"
)

// config is that of an Ergo for a test: what it must have, and nothing else.
const config = `
network: {name: Test}
server:
  name: ergo.test
  listeners: {"127.0.0.1:%d": {}}
  casemapping: ascii
  enforce-utf8: true
  max-sendq: 96k
  ip-limits: {count: false, throttle: false}
accounts:
  authentication-enabled: true
  registration: {enabled: true, allow-before-connect: true, bcrypt-cost: 4, throttling: {enabled: false}}
  multiclient: {enabled: true, allowed-by-default: true, always-on: opt-in}
  nick-reservation: {enabled: true, method: strict, additional-nick-limit: 2}
channels: {default-modes: +nt, registration: {enabled: true}}
datastore: {path: ircd.db, autoupgrade: true}
languages: {enabled: false}
limits: {nicklen: 32, identlen: 20, realnamelen: 150, channellen: 64, awaylen: 390, kicklen: 390, topiclen: 390, monitor-entries: 100, whowas-entries: 100, chan-list-modes: 100, registration-messages: 1024, multiline: {max-bytes: 4096, max-lines: 100}}
fakelag: {enabled: false}
history: {enabled: true, channel-length: 100, client-length: 100}
logging: [{method: stderr, type: "*", level: error}]
`

// A client speaks to Ergo.
type client struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Scanner
}

// do sends a line, and reads until one that contains want.
func (c *client) do(line, want string) {
	c.t.Helper()
	fmt.Fprintf(c.conn, "%s\r\n", line)
	_ = c.conn.SetDeadline(time.Now().Add(20 * time.Second))
	for c.in.Scan() {
		if text := c.in.Text(); strings.HasPrefix(text, "PING") {
			fmt.Fprintf(c.conn, "PONG%s\r\n", text[4:])
		} else if strings.Contains(text, want) {
			return
		}
	}
	c.t.Fatalf("%s: no answer with %q (%v)", line, want, c.in.Err())
}

func dial(t *testing.T, address, nick string) *client {
	t.Helper()
	var conn net.Conn
	var err error
	for range 200 { // until it listens
		if conn, err = net.Dial("tcp", address); err == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err != nil {
		t.Fatal(err)
	}
	c := &client{t, conn, bufio.NewScanner(conn)}
	c.do("NICK "+nick+"\r\nUSER u 0 * :"+nick, " 001 ")
	return c
}

// TestErgo reads what the Ergo that is installed here writes, whatever version that is. $ERGO
// names it.
func TestErgo(t *testing.T) {
	program := os.Getenv("ERGO")
	if program == "" {
		program = "ergo"
	}
	program, err := exec.LookPath(program)
	if err != nil {
		t.Skip("there is no Ergo here: $ERGO names one")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "ircd.yaml"), fmt.Appendf(nil, config, port), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(command string) *exec.Cmd {
		cmd := exec.CommandContext(context.Background(), program, command, "--conf", "ircd.yaml")
		cmd.Dir = dir
		return cmd
	}
	if out, err := run("initdb").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	server := run("run")
	server.Stderr = os.Stderr
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Process.Kill() })
	c := dial(t, fmt.Sprintf("127.0.0.1:%d", port), "alice")
	c.do("NS REGISTER sesame7", "Account created")
	c.do("NS SET always-on true", "always-on")
	c.do("JOIN #tea", " 366 ")
	c.do("CS REGISTER #tea", "successfully registered")
	c.do("TOPIC #tea :green", "TOPIC #tea")
	c.do("QUIT", "ERROR")
	if err := server.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = server.Wait()
	f, err := os.Open(filepath.Join(dir, "ircd.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n, err := Read(f)
	if err != nil || len(n.Accounts) != 1 || len(n.Channels) != 1 {
		t.Fatalf("%+v, %v", n, err)
	}
	a, ch := n.Accounts[0], n.Channels[0]
	if !foreign.Verify(a.Secret.Keep(password.Cheap), "sesame7") || a.Stay == nil || len(a.Stay.Channels) != 1 || ch.Founder != "alice" || ch.Topic.Text != "green" {
		t.Errorf("%+v %+v", a, ch)
	}
}
