package soak

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
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

// patience bounds what must happen soon; nothing waits for it to pass.
const patience = 20 * time.Second

// configuration bounds the history so low that it is full when the warm-up ends: what fills
// on purpose is not what is looked for. Those who say nothing are missed soon.
var configuration = fmt.Sprintf(`
[server]
name = "irc.tea.example"
reverse-dns = false
ping-interval = "5s"
ping-timeout = "10s"
[accounts]
argon2-memory = "8KiB"
argon2-iterations = 1
[accounts.registration]
per-hour = 0
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
	cmd                         *exec.Cmd
	log                         *output
	plain, secure, web, figures string // addresses
	ended                       chan struct{}
}

// An output is what a process writes.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// start builds the server and starts it with fresh data.
func start(t *testing.T) *server {
	t.Helper()
	dir := t.TempDir()
	binary := filepath.Join(dir, "ircd")
	if out, err := exec.Command("go", "build", "-o", binary, "../../ircd").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, "parley.toml"), []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &server{cmd: exec.Command(binary, "run"), log: &output{}, ended: make(chan struct{})}
	s.cmd.Dir, s.cmd.Stderr = dir, s.log
	if *profiles != "" { // what takes 160 bytes for each client must show
		s.cmd.Env = append(os.Environ(), "GODEBUG=memprofilerate=1024")
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = s.cmd.Wait()
		close(s.ended)
	}()
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		<-s.ended
	})
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
		if m := line.FindStringSubmatch(s.log.String()); m != nil {
			return m[1]
		}
	}
	t.Fatalf("the server does not listen on %s:\n%s", host, s.log)
	return ""
}

// fetch returns a page of the monitoring.
func (s *server) fetch(t *testing.T, path string) string {
	t.Helper()
	answer, err := http.Get("http://" + s.figures + path)
	if err != nil {
		t.Fatalf("%v\n%s", err, s.log)
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
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.ended:
	case <-time.After(patience):
		t.Fatal("the server does not stop")
	}
	for line := range strings.SplitSeq(s.log.String(), "\n") {
		if strings.Contains(line, "panic") || strings.Contains(line, "level=ERROR") {
			t.Error("the server complains:", line)
		}
	}
}
