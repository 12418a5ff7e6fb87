// Package crash kills a real server at any moment, and tests that what it has told
// its clients is still so when it runs again.
//
// What was said in these tests is written down by those who said it, when the server
// has echoed it; nothing is known of how the server stores it. Flags make them last
// as long as one likes: go test ./tests/crash -kills 200.
package crash

import (
	"flag"
	"net"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/parley-irc/parley/tests/process"
)

var kills = flag.Int("kills", 20, "how often the server is killed")

var stops = flag.Int("stops", 5, "how often a server is ended by SIGTERM")

// patience bounds what must happen soon; nothing waits for it to pass.
const patience = 20 * time.Second

var program process.Program

func TestMain(m *testing.M) { program.Main(m) }

const configuration = process.Undisturbed + `
[server]
name = "irc.tea.example"
reverse-dns = false
[flood]
enabled = false
[history]
count = 0
bytes = "1GiB"
total = "2GiB"
[logging]
level = "warn"
[[listener]]
address = "unix:irc.sock"
`

// A server is a data folder, and the process that serves it from time to time.
type server struct {
	*testing.T
	dir     string
	binary  string
	through []string         // the command that runs the server, if any
	process *process.Process // nil: it does not run
}

func newServer(t *testing.T) *server {
	t.Helper()
	if testing.Short() {
		t.Skip("it takes a while")
	}
	binary, err := program.Path()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "parley") // short enough for the name of a socket
	if err != nil {
		t.Fatal(err)
	}
	s := &server{T: t, dir: dir, binary: binary}
	t.Cleanup(func() {
		if s.process != nil {
			_ = s.process.End(os.Kill)
		}
		_ = os.RemoveAll(dir)
	})
	if err := os.WriteFile(filepath.Join(dir, "parley.toml"), []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// start starts the process, and returns when it can be connected to.
func (s *server) start() {
	s.Helper()
	_ = os.Remove(filepath.Join(s.dir, "irc.sock"))
	var err error
	s.process, err = process.Start(s.dir, &process.Log{}, nil, append(slices.Clone(s.through), s.binary, "run")...)
	if err != nil {
		s.Fatal(err)
	}
	for end := time.Now().Add(patience); ; {
		conn, err := s.dial()
		if err == nil {
			conn.Close()
			return
		}
		if time.Now().After(end) {
			s.Fatalf("the server does not start: %v\n%s", err, s.process.Log)
		}
		time.Sleep(time.Millisecond)
	}
}

func (s *server) dial() (net.Conn, error) { return net.Dial("unix", filepath.Join(s.dir, "irc.sock")) }

// end ends the process by a signal, and returns when it is gone.
func (s *server) end(sig syscall.Signal) {
	s.Helper()
	p := s.process
	s.process = nil
	if err := p.End(sig); sig == syscall.SIGTERM && err != nil {
		s.Fatalf("the server did not stop as it should: %v\n%s", err, p.Log)
	}
	if len(p.Log.Complaints()) > 0 {
		s.Fatalf("the server complains:\n%s", p.Log)
	}
}
