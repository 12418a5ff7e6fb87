package server

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	// This one ends up to a second after Close.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/tidwall/buntdb.(*DB).backgroundManager"))
}

// patience bounds what must happen soon; nothing waits for it to pass.
const patience = 10 * time.Second

// base begins the configurations of these tests.
const base = `
[server]
name = "irc.tea.example"
reverse-dns = false
`

// A running is a server under test with its configuration and log.
type running struct {
	*testing.T
	*Server
	dir string
	log *log
}

// start starts a server, which is stopped at the end of the test.
func start(t *testing.T, config string) *running {
	t.Helper()
	dir := t.TempDir()
	r := &running{T: t, dir: dir, log: &log{}}
	r.configure(config)
	var err error
	r.Server, err = Start(Options{Config: filepath.Join(dir, "parley.toml"), Version: "parley-test", Stderr: r.log})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		r.Server.Run(t.Context()) // which ends before the cleanup
		close(done)
	}()
	t.Cleanup(func() {
		select {
		case <-done:
		case <-time.After(patience):
			t.Error("the server does not stop")
		}
	})
	return r
}

// configure writes the configuration.
func (r *running) configure(config string) {
	r.Helper()
	r.write("parley.toml", base+config)
}

func (r *running) write(name, text string) {
	r.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o600); err != nil {
		r.Fatal(err)
	}
}

// address returns where listener i listens.
func (r *running) address(i int) string { return r.Listening()[i].Address }

// rehash reads the configuration again, which must be right.
func (r *running) rehash() string {
	r.Helper()
	report, err := r.Rehash()
	if err != nil {
		r.Fatal(err)
	}
	lines := make([]string, len(report))
	for i, line := range report {
		lines[i] = line.String()
	}
	return strings.Join(lines, "\n")
}

// greeted connects, and returns an error unless the server says 001.
func (r *running) greeted(network, address string, secure bool) error {
	var c net.Conn
	var err error
	if secure {
		c, err = tls.Dial(network, address, &tls.Config{InsecureSkipVerify: true})
	} else {
		c, err = net.Dial(network, address)
	}
	if err != nil {
		return err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	io.WriteString(c, "NICK alice\r\nUSER alice 0 * :Alice\r\nQUIT\r\n")
	in := bufio.NewScanner(c)
	for in.Scan() {
		if strings.Contains(in.Text(), " 001 ") {
			io.Copy(io.Discard, c)
			return nil
		}
	}
	return io.ErrUnexpectedEOF
}

// A log is what a server writes.
type log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in\n%s", part, text)
		}
	}
}
