// Package chaos runs linked servers as real processes, and does to them what happens to
// servers: they are killed, stopped, cut off from each other, slowed down. What clients were
// told has to stay so, on all servers.
//
// The tests that "go test" runs take some seconds. "make chaos" does the same for as long
// as one likes, on Linux: go test ./tests/chaos -run TestChaos -duration 30m -servers 5
// -seed 7.
package chaos

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/cluster/clustertest"
	"github.com/parley-irc/parley/tests/process"
)

// patience bounds what must happen soon; nothing waits for it to pass.
const patience = 30 * time.Second

var program = process.Program{Flags: []string{raceFlag}}

var logs = flag.String("logs", "", "a folder where the logs of the servers are kept")

// hashed hashes the password of operators, once.
var hashed = sync.OnceValues(func() (string, error) {
	binary, err := program.Path()
	if err != nil {
		return "", err
	}
	cmd := exec.Command(binary, "genpasswd")
	cmd.Stdin = strings.NewReader(password + "\n")
	hash, err := cmd.Output()
	return strings.TrimSpace(string(hash)), err
})

func TestMain(m *testing.M) {
	clustertest.ManyAtOnce()
	program.Main(m)
}

const configuration = process.Undisturbed + `
[network]
name = "Tea"
[server]
name = "%[1]s"
reverse-dns = false
[flood]
enabled = false
[connections]
exempt = ["0.0.0.0/0"]
[history]
count = 0
bytes = "1GiB"
total = "2GiB"
[logging]
level = "debug"
[[oper-class]]
name = "all"
privileges = ["*"]
[[oper]]
name = "root"
class = "all"
password = "%[4]s"
[[listener]]
address = "%[2]s"
%[3]s`

// A server is a data folder, and the process that serves it from time to time.
type server struct {
	*testing.T
	net       *network
	name      string
	dir       string
	listen    string // for clients
	link      string // for other servers
	advertise string // where they reach it, if that is elsewhere
	figures   string // for those who take profiles; empty: nobody does
	peers     []string
	secret    string
	pin       string
	env       []string
	process   atomic.Pointer[process.Process] // nil: it does not run
	log       *process.Log                    // of all its processes
}

// A network is servers that know each other.
type network struct {
	*testing.T
	binary  string
	secret  string
	servers []*server
}

// newNetwork makes a network of so many servers, which do not run yet. All name the first
// as their peer.
func newNetwork(t *testing.T, count int) *network {
	t.Helper()
	if testing.Short() {
		t.Skip("it takes a while")
	}
	binary, err := program.Path()
	if err != nil {
		t.Fatal(err)
	}
	secret := make([]byte, 32)
	rand.Read(secret)
	n := &network{T: t, binary: binary, secret: hex.EncodeToString(secret)}
	for i := range count {
		n.add(fmt.Sprintf("irc%d.tea.example", i+1))
	}
	for _, s := range n.servers {
		s.configure()
	}
	return n
}

// add makes one more server, whose configuration has to be written.
func (n *network) add(name string) *server {
	n.Helper()
	dir, err := os.MkdirTemp("", "chaos")
	if err != nil {
		n.Fatal(err)
	}
	s := &server{T: n.T, net: n, name: name, dir: dir, secret: n.secret, log: &process.Log{}}
	n.Cleanup(func() {
		s.end(syscall.SIGKILL)
		if *logs != "" {
			_ = os.WriteFile(filepath.Join(*logs, name+".log"), []byte(s.log.String()), 0o600)
		}
		if n.Failed() {
			n.Logf("%s:\n%s", name, tail(s.log.String(), 60))
		}
		_ = os.RemoveAll(dir)
	})
	s.listen, s.link = clustertest.FreeAddress(n.T), clustertest.FreeAddress(n.T)
	if len(n.servers) > 0 {
		s.peers = []string{n.servers[0].link}
	}
	s.write("")
	s.pin = strings.TrimSpace(s.run("mkcert", "--link"))
	n.servers = append(n.servers, s)
	return s
}

// configure writes the configuration, with the pins of all servers there are.
func (s *server) configure() {
	s.Helper()
	var peers, pins []string
	for _, p := range s.peers {
		peers = append(peers, fmt.Sprintf("%q", p))
	}
	for _, other := range s.net.servers {
		pins = append(pins, other.pin)
	}
	s.write(fmt.Sprintf("[link]\nenabled = true\nlisten = %q\nadvertise = %q\nsecret = %q\npeers = [%s]\npins = [%s]\n",
		s.link, s.advertise, s.secret, strings.Join(peers, ","), strings.Join(pins, "")))
}

func (s *server) write(link string) {
	s.Helper()
	hash, err := hashed()
	if err != nil {
		s.Fatal(err)
	}
	text := fmt.Sprintf(configuration, s.name, s.listen, link, hash)
	if s.figures != "" {
		text += fmt.Sprintf("[monitoring]\nenabled = true\npprof = true\nlisten = %q\n", s.figures)
	}
	if err := os.WriteFile(filepath.Join(s.dir, "parley.toml"), []byte(text), 0o600); err != nil {
		s.Fatal(err)
	}
}

// run runs a command beside the server, and returns what it prints.
func (s *server) run(args ...string) string {
	s.Helper()
	out, err := s.try(args...)
	if err != nil {
		s.Fatalf("%s: ircd %v: %v\n%s", s.name, args, err, out)
	}
	return out
}

func (s *server) try(args ...string) (string, error) {
	cmd := exec.Command(s.net.binary, args...)
	var stderr bytes.Buffer
	cmd.Dir, cmd.Stderr = s.dir, &stderr
	out, err := cmd.Output()
	if err != nil {
		return stderr.String(), err
	}
	return string(out), nil
}

// launch starts the process. It does not wait.
func (s *server) launch() {
	s.Helper()
	p, err := process.Start(s.dir, s.log, s.env, s.net.binary, "run")
	if err != nil {
		s.Fatal(err)
	}
	s.process.Store(p)
}

// pid returns the process, 0 if there is none.
func (s *server) pid() int {
	if p := s.process.Load(); p != nil {
		return p.Pid
	}
	return 0
}

// start starts the process, and returns when it can be connected to.
func (s *server) start() {
	s.Helper()
	s.launch()
	until(s.T, s.name+" serves clients", func() bool {
		conn, err := net.Dial("tcp", s.listen)
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
}

func (s *server) signal(sig syscall.Signal) {
	if p := s.process.Load(); p != nil {
		p.Signal(sig)
	}
}

// end ends the process by a signal, and returns when it is gone.
func (s *server) end(sig syscall.Signal) {
	p := s.process.Load()
	if p == nil {
		return
	}
	_ = p.End(sig)
	s.process.Store(nil)
	if log := s.log.String(); strings.Contains(log, "panic:") || strings.Contains(log, "DATA RACE") {
		s.Errorf("%s complains", s.name)
	}
}

// linked reports to how many others the server is linked.
func (s *server) linked() int {
	out, err := s.try("link", "status")
	if err != nil {
		return -1
	}
	return strings.Count(out, "  linked for ")
}

// together waits until all servers that run are linked to each other.
func (n *network) together() {
	n.Helper()
	running := 0
	for _, s := range n.servers {
		if s.pid() != 0 {
			running++
		}
	}
	for _, s := range n.servers {
		if s.pid() != 0 {
			until(n.T, s.name+" is linked to all others", func() bool { return s.linked() == running-1 })
		}
	}
}

// until waits until something is so.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

// tail returns the last lines of a log, without those that say nothing.
func tail(log string, n int) string {
	lines := slices.DeleteFunc(strings.Split(log, "\n"), func(line string) bool {
		return strings.Contains(line, "Unknown account") || strings.Contains(line, "not durable yet")
	})
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
