package clients

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// patience bounds what must happen soon.
const patience = 60 * time.Second

var program string // the server

func TestMain(m *testing.M) {
	if os.Getenv("CLIENTS") == "" {
		fmt.Println("tests/clients: make clients runs these tests")
		os.Exit(m.Run())
	}
	dir, err := os.MkdirTemp("", "parley-clients-")
	if err == nil {
		program = filepath.Join(dir, "ircd")
		cmd := exec.Command("go", "build", "-o", program, "../../ircd")
		cmd.Stderr = os.Stderr
		err = cmd.Run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// needs skips the test unless all programs are there. Each is named with what it is a
// part of.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	if program == "" {
		t.Skip("make clients runs this")
	}
	for _, p := range programs {
		name, from, _ := strings.Cut(p, " ")
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("MISSING: %s, of %s", name, from)
		}
	}
}

// A running server.
type running struct {
	*testing.T
	dir                   string
	plain, tls, websocket string // ports
	terminals             int    // that were started
}

const config = `
[network]
name = "Tea"
[server]
name = "irc.tea.example"
data-dir = "data"
reverse-dns = false
[accounts]
argon2-memory = "1MiB"
argon2-iterations = 1
[flood]
enabled = false
[[listener]]
address = "127.0.0.1:%s"
[[listener]]
address = "127.0.0.1:%s"
tls = true
[[listener]]
address = "127.0.0.1:%s"
websocket = true
`

// start starts a server, with more in its configuration, with the accounts alice and teabot, whose password is "secret-tea".
func start(t *testing.T, more ...string) *running {
	t.Helper()
	r := &running{T: t, dir: t.TempDir(), plain: freePort(t), tls: freePort(t), websocket: freePort(t)}
	path := r.write("parley.toml", fmt.Sprintf(config, r.plain, r.tls, r.websocket)+strings.Join(more, ""))
	run := exec.Command(program, "run", "--config", path)
	log := filepath.Join(r.dir, "server.log")
	r.spawn(run, log)
	r.until("the server listens", func() bool {
		c, err := net.Dial("tcp", "127.0.0.1:"+r.websocket)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	for _, account := range []string{"alice", "teabot"} {
		add := exec.Command(program, "account", "add", "--config", path, account)
		add.Stdin = strings.NewReader("secret-tea\n")
		if out, err := add.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	return r
}

// spawn starts a process that ends with the test.
func (r *running) spawn(cmd *exec.Cmd, log string) {
	r.Helper()
	f, err := os.Create(log)
	if err != nil {
		r.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = f, f
	if err := cmd.Start(); err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		done := make(chan struct{})
		go func() { cmd.Wait(); close(done) }()
		select {
		case <-done:
		case <-time.After(5 * time.Second):
			cmd.Process.Kill()
			<-done
		}
		f.Close()
		if b, err := os.ReadFile(log); r.Failed() && err == nil {
			r.Logf("%s:\n%s", filepath.Base(log), b)
		}
	})
}

func (r *running) write(name, text string) string {
	r.Helper()
	path := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		r.Fatal(err)
	}
	return path
}

// until waits until something is so.
func (r *running) until(what string, so func() bool) {
	r.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		if so() {
			return
		}
		if time.Now().After(end) {
			r.Fatalf("it is not so that %s", what)
		}
	}
}

func freePort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// A peer is somebody else, at a client that shows the raw protocol.
type peer struct {
	*running
	conn net.Conn
	in   *bufio.Reader
	all  strings.Builder // that was heard
}

func newPeer(r *running, conn net.Conn) *peer {
	return &peer{running: r, conn: conn, in: bufio.NewReader(conn)}
}

// peer connects somebody who joins #tea.
func (r *running) peer(nick string) *peer {
	r.Helper()
	conn, err := net.Dial("tcp", "127.0.0.1:"+r.plain)
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { conn.Close() })
	p := newPeer(r, conn)
	p.say("CAP REQ :account-tag account-notify extended-join message-tags server-time", "NICK "+nick, "USER "+nick+" 0 * :A peer", "CAP END")
	p.hear(" 001 ")
	p.say("JOIN #tea")
	p.hear(" 366 ")
	return p
}

func (p *peer) say(lines ...string) {
	p.Helper()
	for _, line := range lines {
		if _, err := fmt.Fprintf(p.conn, "%s\r\n", line); err != nil {
			p.Fatal(err)
		}
	}
}

// hear waits for a line that has all of these parts, and returns it.
func (p *peer) hear(parts ...string) string {
	p.Helper()
	_ = p.conn.SetReadDeadline(time.Now().Add(patience))
	var heard []string
next:
	for {
		line, err := p.in.ReadString('\n')
		if err != nil {
			p.Fatalf("%v while waiting for %q; heard\n%s", err, parts, strings.Join(heard, "\n"))
		}
		line = strings.TrimRight(line, "\r\n")
		if rest, ok := strings.CutPrefix(line, "PING "); ok {
			p.say("PONG " + rest)
			continue
		}
		heard = append(heard, line)
		fmt.Fprintln(&p.all, line)
		for _, part := range parts {
			if !strings.Contains(line, part) {
				continue next
			}
		}
		return line
	}
}
