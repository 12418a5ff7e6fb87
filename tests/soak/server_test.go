package soak

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
	"time"

	"github.com/parley-irc/parley/tests/process"
)

// patience bounds what must happen soon; nothing waits for it to pass.
const patience = 20 * time.Second

// configuration bounds the history so low that it is full when the warm-up ends: what fills
// on purpose is not what is looked for. Those who say nothing are missed soon.
var configuration = fmt.Sprintf(process.Undisturbed+`
[server]
name = "irc.tea.example"
reverse-dns = false
ping-interval = "5s"
ping-timeout = "10s"
[connections]
enabled = false
[flood]
burst = 1000
[history]
count = %d
[websocket]
allow-missing = true
[monitoring]
enabled = true
listen = "127.0.0.4:0"
pprof = true
[[listener]]
address = "127.0.0.1:0"
[[listener]]
address = "127.0.0.2:0"
tls = true
[[listener]]
address = "127.0.0.3:0"
websocket = true
`, kept)

// A server is a process that serves.
type server struct {
	*process.Process
	plain, secure, web, figures string // addresses
}

var program process.Program

func TestMain(m *testing.M) { program.Main(m) }

// start starts a server with fresh data.
func start(t *testing.T) *server {
	t.Helper()
	binary, err := program.Path()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "parley.toml"), []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	var env []string
	if *profiles != "" { // what takes 160 bytes for each client must show
		env = append(env, "GODEBUG=memprofilerate=1024")
	}
	s := &server{}
	if s.Process, err = process.Start(dir, &process.Log{}, env, binary, "run"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.End(os.Kill) })
	for i, address := range []*string{&s.plain, &s.secure, &s.web, &s.figures} {
		*address = s.address(t, "127.0.0."+string(rune('1'+i)))
	}
	return s
}

// address returns where the server listens on a host, which its log says.
func (s *server) address(t *testing.T, host string) string {
	t.Helper()
	line := regexp.MustCompile(`address=(` + regexp.QuoteMeta(host) + `:\d+)`)
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if m := line.FindStringSubmatch(s.Log.String()); m != nil {
			return m[1]
		}
	}
	t.Fatalf("the server does not listen on %s:\n%s", host, s.Log)
	return ""
}

// fetch returns a page of the monitoring.
func (s *server) fetch(t *testing.T, path string) string {
	t.Helper()
	answer, err := http.Get("http://" + s.figures + path)
	if err != nil {
		t.Fatalf("%v\n%s", err, s.Log)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", path, answer.Status, err)
	}
	return string(b)
}

// stop ends the server, which must have nothing to complain of.
func (s *server) stop(t *testing.T) {
	t.Helper()
	s.Signal(syscall.SIGTERM)
	select {
	case <-s.Ended:
	case <-time.After(patience):
		t.Fatal("the server does not stop")
	}
	for _, line := range s.Log.Complaints() {
		t.Error("the server complains:", line)
	}
}
