package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// asIRCd makes this test program be ircd.
const asIRCd = "PARLEY_TEST_AS_IRCD"

func TestMain(m *testing.M) {
	if os.Getenv(asIRCd) != "" {
		os.Exit(execute(os.Args[1:], world{os.Stdin, os.Stdout, os.Stderr, os.Environ()}))
	}
	os.Exit(m.Run())
}

// patience bounds what must happen soon; nothing waits for it to pass.
const patience = 20 * time.Second

// quiet is a configuration with one listener, on a port that is free.
const quiet = `
[server]
name = "irc.tea.example"
reverse-dns = false
[accounts]
argon2-memory = "8KiB"
argon2-iterations = 1
[[listener]]
address = "127.0.0.1:0"
`

// newFolder returns a folder with a configuration, if it is not empty.
func newFolder(t *testing.T, config string) string {
	t.Helper()
	dir := t.TempDir()
	if config != "" {
		writeFile(t, filepath.Join(dir, defaultConfig), config)
	}
	return dir
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func command(dir string, env []string, args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Dir = dir
	c.Env = append(append(os.Environ(), asIRCd+"=1"), env...)
	return c
}

// ircd runs a command to its end.
func ircd(t *testing.T, dir, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	c := command(dir, nil, args...)
	var out, errs bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(stdin), &out, &errs
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return c.ProcessState.ExitCode(), out.String(), errs.String()
}

// A process is a running server.
type process struct {
	*testing.T
	cmd    *exec.Cmd
	stdout *text
	stderr *text
	done   chan struct{}
}

// launch starts "ircd run" in a folder, and stops it at the end of the test.
func launch(t *testing.T, dir string, env ...string) *process {
	t.Helper()
	p := &process{T: t, cmd: command(dir, env, "run"), stdout: newText(), stderr: newText(), done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = p.stdout, p.stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.cmd.Wait()
		close(p.done)
	}()
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		<-p.done
	})
	return p
}

func (p *process) signal(s syscall.Signal) {
	p.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.Fatal(err)
	}
}

// exit waits for the process, and returns its code.
func (p *process) exit() int {
	p.Helper()
	select {
	case <-p.done:
	case <-time.After(patience):
		p.Fatalf("the server does not stop; it says\n%s", p.stderr)
	}
	return p.cmd.ProcessState.ExitCode()
}

// says waits until the log has something like the pattern n times, and returns
// the first group of the last.
func (p *process) says(pattern string, n int) string {
	p.Helper()
	re := regexp.MustCompile(pattern)
	var last string
	ok := p.stderr.wait(func(s string) bool {
		found := re.FindAllStringSubmatch(s, -1)
		if len(found) < n {
			return false
		}
		m := found[len(found)-1]
		last = m[len(m)-1]
		return true
	})
	if !ok {
		p.Fatalf("the log has not %d times %q:\n%s", n, pattern, p.stderr)
	}
	return last
}

// address returns where the server listens on a host.
func (p *process) address(host string) string {
	p.Helper()
	return p.says(`listening address=(`+regexp.QuoteMeta(host)+`:\d+)`, 1)
}

// A text is what a process writes.
type text struct {
	mu      sync.Mutex
	b       bytes.Buffer
	changed chan struct{}
}

func newText() *text { return &text{changed: make(chan struct{}, 1)} }

func (x *text) Write(p []byte) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	select {
	case x.changed <- struct{}{}:
	default:
	}
	return x.b.Write(p)
}

func (x *text) String() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.b.String()
}

// wait waits until ok says so of the text.
func (x *text) wait(ok func(string) bool) bool {
	limit := time.After(patience)
	for !ok(x.String()) {
		select {
		case <-x.changed:
		case <-limit:
			return false
		}
	}
	return true
}

// A client is an IRC client.
type client struct {
	*testing.T
	conn net.Conn
	in   *bufio.Reader
}

func dial(t *testing.T, address string) *client {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	return &client{t, c, bufio.NewReader(c)}
}

// connect returns a client that has got its welcome.
func connect(t *testing.T, address, nick string) *client {
	t.Helper()
	c := dial(t, address)
	c.send("NICK " + nick + "\r\nUSER " + nick + " 0 * :" + nick)
	c.wait(" 001 ")
	return c
}

func (c *client) send(line string) {
	c.Helper()
	if _, err := io.WriteString(c.conn, line+"\r\n"); err != nil {
		c.Fatal(err)
	}
}

// wait reads until a line has text in it, and returns that.
func (c *client) wait(text string) string {
	c.Helper()
	var heard strings.Builder
	for {
		line, err := c.in.ReadString('\n')
		heard.WriteString(line)
		if strings.Contains(line, text) {
			return strings.TrimRight(line, "\r\n")
		}
		if err != nil {
			c.Fatalf("no line with %q (%v):\n%s", text, err, heard.String())
		}
	}
}

// ends waits for the end of the connection.
func (c *client) ends() {
	c.Helper()
	if rest, err := io.ReadAll(c.in); err != nil {
		c.Errorf("the connection does not end: %v after %q", err, rest)
	}
}

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in\n%s", part, text)
		}
	}
}

func codeIs(t *testing.T, got, want int, output ...string) {
	t.Helper()
	if got != want {
		t.Errorf("exit code %d, want %d\n%s", got, want, fmt.Sprint(output))
	}
}
