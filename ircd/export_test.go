package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// talkative is a folder with a server where alice has an account and a channel, and has
// said something.
func talkative(t *testing.T) (dir string, p *process) {
	t.Helper()
	dir = newFolder(t, quiet)
	p = launch(t, dir)
	address := p.address("127.0.0.1")
	code, _, stderr := ircd(t, dir, "sesame7\n", "account", "add", "alice")
	codeIs(t, code, exitOK, stderr)
	c := connect(t, address, "visitor")
	c.send("NS IDENTIFY alice sesame7")
	c.wait(" 900 ")
	c.send("JOIN #tea")
	c.wait(" 366 ")
	c.send("CS REGISTER #tea")
	c.wait("is registered")
	c.send("PRIVMSG #tea :green tea")
	c.send("PRIVMSG visitor :note to myself")
	c.wait("note to myself")
	c.send("CS INFO #tea") // answered when what was said before is kept
	c.wait("Founder: alice")
	return dir, p
}

// lines returns the lines of an export, but for the first, which has the time, sorted.
func lines(t *testing.T, path string) []string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Split(strings.TrimSpace(string(b)), "\n")[1:]
	slices.Sort(all)
	return all
}

// TestExport follows an operator who moves a server to another machine: export while it
// runs, import, start; everything is there. An export of a stopped server is the same.
func TestExport(t *testing.T) {
	dir, p := talkative(t)
	path := func(name string) string { return filepath.Join(dir, name) }
	code, _, stderr := ircd(t, dir, "", "export", "running.jsonl")
	codeIs(t, code, exitOK, stderr)
	contains(t, stderr, "exported", "messages and events")
	if fi, err := os.Stat(path("running.jsonl")); err != nil || fi.Mode().Perm() != 0o600 {
		t.Error(fi, err)
	}
	code, _, stderr = ircd(t, dir, "", "export", "running.jsonl")
	codeIs(t, code, exitFailed, stderr)
	contains(t, stderr, "exists")
	code, stdout, stderr := ircd(t, dir, "", "export", "--only", "history", "-")
	codeIs(t, code, exitOK, stderr)
	contains(t, stdout, `"Text":"green tea"`, `"kind":"end"`)
	if strings.Contains(stdout, `"kind":"record"`) {
		t.Error("records are exported with the history")
	}
	code, _, stderr = ircd(t, dir, "", "import", "running.jsonl")
	codeIs(t, code, exitFailed, stderr)
	contains(t, stderr, "in use by a server that runs already")
	p.signal(syscall.SIGTERM)
	codeIs(t, p.exit(), exitOK)
	code, _, stderr = ircd(t, dir, "", "export", "stopped.jsonl")
	codeIs(t, code, exitOK, stderr)
	for _, line := range lines(t, path("running.jsonl")) {
		// What a client does when the server stops is new.
		if !strings.Contains(line, `"kind":"end"`) && !slices.Contains(lines(t, path("stopped.jsonl")), line) && !strings.Contains(line, `"shelf":"channels"`) {
			t.Errorf("%s is not in the export of the stopped server", line)
		}
	}

	other := newFolder(t, quiet)
	code, stdout, stderr = ircd(t, other, "", "import", path("running.jsonl"))
	codeIs(t, code, exitOK, stderr)
	contains(t, stdout, "; 0 and 0 were there already")
	code, stdout, stderr = ircd(t, other, "", "import", path("running.jsonl"))
	codeIs(t, code, exitOK, stderr)
	contains(t, stdout, "imported 0 records, and 0 messages and events")
	q := launch(t, other)
	c := connect(t, q.address("127.0.0.1"), "visitor")
	c.send("NS IDENTIFY alice sesame7")
	c.wait(" 900 ")
	c.send("JOIN #tea")
	c.wait("MODE #tea +q visitor")
	c.send("HISTORY #tea")
	c.wait("green tea")
	c.send("HISTORY visitor")
	c.wait("note to myself")
	c.send("CS INFO #tea")
	c.wait("Founder: alice")
}

// TestRepair follows docs/manual/repair.md: the files are damaged while the server does
// not run.
func TestRepair(t *testing.T) {
	dir, p := talkative(t)
	run := func(want int, args ...string) string {
		t.Helper()
		code, stdout, stderr := ircd(t, dir, "", args...)
		codeIs(t, code, want, stdout+stderr)
		return stdout + stderr
	}
	contains(t, run(exitFailed, "repair"), "in use by a server that runs already")
	p.signal(syscall.SIGTERM)
	codeIs(t, p.exit(), exitOK)
	contains(t, run(exitOK, "repair"), "parley.db is whole", "history.db is whole")
	for _, name := range []string{"parley.db", "history.db"} {
		path := filepath.Join(dir, "data", name)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b[len(b)/2] ^= 1
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		contains(t, run(exitFailed, "repair"), "was damaged", "do not read", "repair --write")
		if after, _ := os.ReadFile(path); !bytes.Equal(after, b) {
			t.Error("repair without --write has changed the file")
		}
		contains(t, run(exitOK, "repair", "--write"), "is kept as", "whole again")
		contains(t, run(exitOK, "repair"), name+" is whole", "kept: ")
	}
	contains(t, run(exitOK, "repair", "--forget"), "removed ")
	if out := run(exitOK, "repair"); strings.Contains(out, "kept: ") {
		t.Error(out)
	}

	// The server repairs its files by itself, and says so.
	path := filepath.Join(dir, "data", "history.db")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)-10] ^= 1
	writeFile(t, path, string(b))
	_, hash, _ := ircd(t, dir, "sesame7\n", "genpasswd")
	writeFile(t, filepath.Join(dir, defaultConfig), quiet+fmt.Sprintf("[[oper]]\nname = \"admin\"\nclass = \"netadmin\"\npassword = %q\n", strings.TrimSpace(hash)))
	q := launch(t, dir)
	q.says("level=ERROR msg=.*history.db was damaged: .* is kept as", 1)
	bob := connect(t, q.address("127.0.0.1"), "bob")
	contains(t, run(exitOK, "status"), "history.db was damaged")
	bob.send("OPER admin sesame7")
	bob.wait("The history of this server was damaged when it started")
}
