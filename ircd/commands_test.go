package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/parley-irc/parley/ircd/accounts/password"
)

func TestHelp(t *testing.T) {
	dir := t.TempDir()
	for _, args := range []string{"--help", "run --help", "check --help", "init --help", "mkcert --help", "genpasswd --help", "account --help", "account add --help", "rehash --help", "compact --help", "reference --help"} {
		code, stdout, stderr := ircd(t, dir, "", strings.Fields(args)...)
		codeIs(t, code, exitOK, stderr)
		contains(t, stdout, "Usage: ircd")
	}
	code, stdout, _ := ircd(t, dir, "", "version")
	codeIs(t, code, exitOK)
	contains(t, stdout, "parley-"+release)
	for _, args := range []string{"frobnicate", "run --frobnicate", "account add", "mkcert"} {
		code, _, stderr := ircd(t, dir, "", strings.Fields(args)...)
		codeIs(t, code, exitUsage, stderr)
		contains(t, stderr, "ircd --help")
	}
}

func TestGenpasswd(t *testing.T) {
	dir := t.TempDir()
	long := strings.Repeat("å", 400)
	for _, pw := range []string{"sesame", " with spaces ", long} {
		code, stdout, stderr := ircd(t, dir, pw+"\n", "genpasswd")
		codeIs(t, code, exitOK, stderr)
		hash, rest, _ := strings.Cut(stdout, "\n")
		if !strings.HasPrefix(hash, "$argon2id$") || rest != "" || stderr != "" || !password.Verify(hash, pw) {
			t.Errorf("the hash of %q is %q, and %q", pw, stdout, stderr)
		}
	}
	code, stdout, stderr := ircd(t, dir, "", "genpasswd", "--totp", "alice")
	codeIs(t, code, exitOK, stderr)
	secret, url, _ := strings.Cut(strings.TrimSpace(stdout), "\n")
	if len(secret) != 32 || !strings.HasPrefix(url, "otpauth://totp/Parley:alice?") || !strings.Contains(url, secret) {
		t.Errorf("a second factor is %q", stdout)
	}
	for _, pw := range []string{"", "\n", strings.Repeat("x", maxPassword+1)} {
		code, stdout, stderr := ircd(t, dir, pw, "genpasswd")
		codeIs(t, code, exitFailed, stderr)
		if stdout != "" || !strings.Contains(stderr, "password") {
			t.Errorf("%q, %q", stdout, stderr)
		}
	}
}

// TestInit follows an operator: write a configuration, check it, run it, OPER.
func TestInit(t *testing.T) {
	dir := t.TempDir()
	code, stdout, stderr := ircd(t, dir, "sesame\n", "init", "--network", "Tea", "--server", "irc.tea.example", "--oper", "alice", "--public")
	codeIs(t, code, exitOK, stderr)
	contains(t, stdout, "parley.toml is written")
	code, stdout, stderr = ircd(t, dir, "", "check")
	codeIs(t, code, exitOK, stderr)
	contains(t, stdout, "irc.tea.example", "3 listeners", "1 operator")

	path := filepath.Join(dir, defaultConfig)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	contains(t, string(b), "address = \":6697\"", "# The longest nick.")
	code, _, stderr = ircd(t, dir, "", "init", "--network", "Coffee")
	codeIs(t, code, exitFailed, stderr)
	contains(t, stderr, "exists already")
	if again, _ := os.ReadFile(path); string(again) != string(b) {
		t.Error("it was overwritten")
	}

	ports := strings.NewReplacer("127.0.0.1:6667", "127.0.0.1:0", ":6697", "127.0.0.2:0", "127.0.0.1:8097", "127.0.0.3:0")
	writeFile(t, path, ports.Replace(string(b)))
	p := launch(t, dir)
	c := connect(t, p.address("127.0.0.1"), "alice")
	c.send("OPER alice wrong")
	c.wait(" 464 ")
	c.send("OPER alice sesame")
	c.wait(" 381 ")
	c.send("REHASH")
	c.wait("no setting has changed")
	c.send("DIE irc.tea.example")
	contains(t, c.wait("ERROR "), "Stopped by alice")
	codeIs(t, p.exit(), exitOK, p.stderr.String())
}

func TestInitRefusesMistakes(t *testing.T) {
	dir := t.TempDir()
	code, _, stderr := ircd(t, dir, "", "init", "--server", "nodot")
	codeIs(t, code, exitUsage, stderr)
	contains(t, stderr, "server.name", "irc.example.org")
	if exists(filepath.Join(dir, defaultConfig)) {
		t.Error("it was written nevertheless")
	}
}

func TestMkcert(t *testing.T) {
	dir := newFolder(t, quiet+"[tls]\ncert = \"parley.crt\"\nkey = \"parley.key\"\n")
	code, _, stderr := ircd(t, dir, "", "check")
	codeIs(t, code, exitUsage, stderr)
	contains(t, stderr, "parley.toml:11: tls.cert:", "no such file")
	code, stdout, stderr := ircd(t, dir, "", "mkcert", "irc.tea.example", "192.0.2.1")
	codeIs(t, code, exitOK, stderr)
	contains(t, stdout, "parley.crt", "parley.key")
	code, _, stderr = ircd(t, dir, "", "check")
	codeIs(t, code, exitOK, stderr)
	code, _, stderr = ircd(t, dir, "", "mkcert", "irc.tea.example")
	codeIs(t, code, exitFailed, stderr)
	contains(t, stderr, "exists")
}

// TestControl uses the commands for a running server, in a folder whose path is
// too long for a socket.
func TestControl(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 30))
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, defaultConfig), quiet)
	run := func(want int, stdin string, args ...string) string {
		t.Helper()
		code, stdout, stderr := ircd(t, dir, stdin, args...)
		codeIs(t, code, want, stderr)
		return stdout + stderr
	}
	contains(t, run(exitFailed, "", "status"), "no running server", "ircd run")
	p := launch(t, dir)
	connect(t, p.address("127.0.0.1"), "alice")
	contains(t, run(exitOK, "", "status"), "irc.tea.example", "1 clients", "listening on 127.0.0.1:")
	contains(t, run(exitOK, "", "status"), "history: ")
	contains(t, run(exitOK, "", "rehash"), "no setting has changed")
	contains(t, run(exitOK, "", "compact"), "nothing that was removed")

	long := strings.Repeat("p", 592) // does not fit into a line of IRC
	contains(t, run(exitOK, long+"\n", "account", "add", "alice"), "alice is registered")
	contains(t, run(exitFailed, "x\n", "account", "add", "ALICE"), "taken")
	contains(t, run(exitFailed, "\n", "account", "add", "bob"), "no password")
	contains(t, run(exitFailed, "sesame7\n", "account", "add", "NickServ"), "reserved")
	contains(t, run(exitOK, "sesame7\n", "account", "passwd", "alice"), "another password")
	contains(t, run(exitFailed, "sesame7\n", "account", "passwd", "bob"), "no such account")
	contains(t, run(exitOK, "", "account", "list"), "alice  since 20")
	contains(t, run(exitOK, "", "account", "del", "alice"), "deleted")
	contains(t, run(exitFailed, "", "account", "del", "alice"), "no such account")
	if list := run(exitOK, "", "account", "list"); list != "" {
		t.Errorf("there are still %q", list)
	}
	if log := p.stderr.String(); strings.Contains(log, long) || strings.Contains(log, "sesame7") {
		t.Errorf("a password is in the log:\n%s", log)
	}

	writeFile(t, filepath.Join(dir, defaultConfig), quiet+"[channels]\ndefault-modes = \"+nY\"\n")
	contains(t, run(exitFailed, "", "rehash"), "parley.toml:11: channels.default-modes:", "'Y'")
	p.signal(syscall.SIGTERM)
	codeIs(t, p.exit(), exitOK)
}

func TestReference(t *testing.T) {
	dir := t.TempDir()
	code, stdout, stderr := ircd(t, dir, "", "reference", "pages")
	codeIs(t, code, exitOK, stderr)
	if n := len(regexp.MustCompile(`(?m)^pages/[a-z-]+\.md$`).FindAllString(stdout, -1)); n < 9 {
		t.Errorf("it wrote\n%s", stdout)
	}
	if !exists(filepath.Join(dir, "pages", "channel-modes.md")) {
		t.Error("a page is missing")
	}
}

// TestLinkKey tests that the key for other servers is made where the configuration has it, and
// that its line can be had again.
func TestLinkKey(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "parley.toml"), "[link]\nenabled = true\nsecret = \"0123456789abcdef0123456789abcdef\"\n")
	code, first, stderr := ircd(t, dir, "", "mkcert", "--link")
	if code != exitOK || !regexp.MustCompile(`^"irc\.parley\.example [0-9a-f]{64}",\n$`).MatchString(first) {
		t.Fatalf("exit code %d, %q, %s", code, first, stderr)
	}
	code, again, _ := ircd(t, dir, "", "mkcert", "--link")
	if code != exitOK || again != first {
		t.Errorf("again: exit code %d, %q", code, again)
	}
	writeFile(t, filepath.Join(dir, "parley.toml"), "")
	if code, _, stderr := ircd(t, dir, "", "link", "join"); code != exitOK {
		t.Errorf("link join: exit code %d, %s", code, stderr)
	}
	if code, _, stderr := ircd(t, dir, "", "link", "status"); code != exitFailed || !strings.Contains(stderr, "no running server") {
		t.Errorf("link status: exit code %d, %s", code, stderr)
	}
}
