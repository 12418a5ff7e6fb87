package main

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/server"
)

// TestRun follows a newcomer: start, connect, stop, start again.
func TestRun(t *testing.T) {
	dir := newFolder(t, quiet)
	start := time.Now()
	p := launch(t, dir)
	c := connect(t, p.address("127.0.0.1"), "alice")
	t.Logf("start to 001: %v", time.Since(start))
	p.stdout.wait(func(s string) bool { return strings.Contains(s, "What the server keeps") })
	contains(t, p.stdout.String(), "irssi --connect=127.0.0.1 --port=", "[[oper]]", "/OPER", "edit parley.toml")
	info, err := os.Stat(filepath.Join(dir, "data"))
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the data folder is %v, %v", info, err)
	}

	start = time.Now()
	p.signal(syscall.SIGTERM)
	contains(t, c.wait("ERROR "), "Server shutting down")
	c.ends()
	codeIs(t, p.exit(), exitOK, p.stderr.String())
	t.Logf("SIGTERM to exit: %v", time.Since(start))
	if exists(filepath.Join(dir, "data", "control.sock")) {
		t.Error("the control socket is left behind")
	}

	p = launch(t, dir)
	connect(t, p.address("127.0.0.1"), "alice")
	if out := p.stdout.String(); out != "" {
		t.Errorf("a later start says\n%s", out)
	}
	p.signal(syscall.SIGINT)
	codeIs(t, p.exit(), exitOK, p.stderr.String())
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func TestLock(t *testing.T) {
	dir := newFolder(t, quiet)
	p := launch(t, dir)
	p.address("127.0.0.1")
	code, _, stderr := ircd(t, dir, "", "run")
	codeIs(t, code, exitFailed, stderr)
	contains(t, stderr, "in use by a server that runs already", "process "+strconv.Itoa(p.cmd.Process.Pid), "server.data-dir")
	connect(t, p.address("127.0.0.1"), "alice") // which does not mind
}

// TestKill checks that a killed server leaves nothing in the way of the next.
func TestKill(t *testing.T) {
	dir := newFolder(t, quiet)
	p := launch(t, dir)
	p.address("127.0.0.1")
	code, _, stderr := ircd(t, dir, "secret\n", "account", "add", "alice")
	codeIs(t, code, exitOK, stderr)
	p.signal(syscall.SIGKILL)
	p.exit()
	code, _, stderr = ircd(t, dir, "", "status")
	codeIs(t, code, exitFailed, stderr)
	contains(t, stderr, "no running server")

	p = launch(t, dir)
	p.address("127.0.0.1")
	_, stdout, _ := ircd(t, dir, "", "account", "list")
	contains(t, stdout, "alice")
}

func TestPortTaken(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	dir := newFolder(t, "[[listener]]\naddress = \""+ln.Addr().String()+"\"\n")
	code, stdout, stderr := ircd(t, dir, "", "run")
	codeIs(t, code, exitFailed, stderr)
	contains(t, stderr, "127.0.0.1:"+port, "address already in use", "ss -ltnp", "[[listener]]")
	if stdout != "" {
		t.Errorf("it says\n%s", stdout)
	}
}

func TestBadConfiguration(t *testing.T) {
	dir := newFolder(t, "[limits]\nnick-lenght = 9\n\n[channels]\ndefault-modes = \"+nt\"\n")
	for _, args := range [][]string{{"run"}, {"check"}, {"run", "--config", "parley.toml"}} {
		code, _, stderr := ircd(t, dir, "", args...)
		codeIs(t, code, exitUsage, stderr)
		contains(t, stderr, "parley.toml:2: limits.nick-lenght:", "nick-length")
	}
	code, _, stderr := ircd(t, dir, "", "run", "--config", "nowhere.toml")
	codeIs(t, code, exitFailed, stderr)
	contains(t, stderr, "nowhere.toml")
}

func TestEnvironment(t *testing.T) {
	dir := newFolder(t, quiet)
	p := launch(t, dir, "PARLEY__SERVER__NAME=irc.other.example", "PARLEY_TEST_CLOCK=+2y x5")
	c := connect(t, p.address("127.0.0.1"), "alice")
	c.send("TIME")
	contains(t, c.wait(" 391 "), "irc.other.example", strconv.Itoa(time.Now().AddDate(2, 0, 0).Year()))
	p.says("PARLEY_TEST_CLOCK is set", 1)

	p = launch(t, newFolder(t, quiet), "PARLEY_TEST_CLOCK=later")
	codeIs(t, p.exit(), exitFailed, p.stderr.String())
}

// TestRehash changes a running server by a signal: what can change does, what
// cannot is said, and a mistake changes nothing.
func TestRehash(t *testing.T) {
	dir := newFolder(t, quiet)
	p := launch(t, dir)
	first := p.address("127.0.0.1")
	alice := connect(t, first, "alice")

	rewrite := func(old, new string) {
		writeFile(t, filepath.Join(dir, defaultConfig), strings.Replace(quiet, old, new, 1))
		p.signal(syscall.SIGHUP)
	}
	rewrite(`"127.0.0.1:0"`, "\"127.0.0.1:0\"\n[[listener]]\naddress = \"127.0.0.2:0\"\n[limits]\nnick-length = 9")
	p.says(`rehash: limits.nick-length is now 9`, 1)
	p.says(`rehash: listener\[127.0.0.2:0\] is new`, 1)
	second := p.address("127.0.0.2")
	contains(t, connect(t, second, "bob").wait("NICKLEN="), "NICKLEN=9")

	rewrite(`"irc.tea.example"`, "\"irc.other.example\"\nmotd = \"nowhere.txt\"")
	p.says(`the new one cannot be used.*nowhere.txt`, 1)
	connect(t, second, "carol")

	rewrite(`"irc.tea.example"`, `"irc.other.example"`)
	p.says(`server.name stays .*irc.tea.example.* until the next start`, 1)
	p.says(`listener\[127.0.0.2:0\] is gone`, 1)
	if c, err := net.Dial("tcp", second); err == nil {
		c.Close()
		t.Error("a listener that is gone accepts")
	}
	connect(t, first, "dave")
	alice.send("PING :still here")
	alice.wait("still here")
}

// TestNotify plays the service manager.
func TestNotify(t *testing.T) {
	dir := newFolder(t, quiet)
	socket := filepath.Join(t.TempDir(), "notify")
	ln, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	ln.SetDeadline(time.Now().Add(patience))
	expect := func(want string) {
		t.Helper()
		var b [256]byte
		n, err := ln.Read(b[:])
		if err != nil || !strings.HasPrefix(string(b[:n]), want) {
			t.Fatalf("notified of %q (%v), want %q", b[:n], err, want)
		}
	}
	p := launch(t, dir, "NOTIFY_SOCKET="+socket)
	expect("READY=1")
	p.signal(syscall.SIGHUP)
	expect("RELOADING=1\nMONOTONIC_USEC=")
	expect("READY=1")
	p.signal(syscall.SIGTERM)
	expect("STOPPING=1")
	codeIs(t, p.exit(), exitOK)
}

// TestSecondInterrupt checks that a stop which takes long can be cut short.
func TestSecondInterrupt(t *testing.T) {
	dir := newFolder(t, quiet)
	s, err := server.Start(server.Options{
		Config: filepath.Join(dir, defaultConfig), Version: "test", Stderr: t.Output(),
	})
	if err != nil {
		t.Fatal(err)
	}
	signals, forced := make(chan os.Signal, 2), make(chan struct{})
	signals <- syscall.SIGINT
	signals <- syscall.SIGINT
	obey(signals, s, forced) // returns, though nobody runs the server
	<-forced
	if reason := s.Run(t.Context()).String(); reason != "Server shutting down" {
		t.Errorf("it stops because of %q", reason)
	}
}
