package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestImportRefuses(t *testing.T) {
	dir := newFolder(t, quiet)
	writeFile(t, filepath.Join(dir, "other.txt"), "tea\n")
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"import", "none.jsonl"}, "no such file"},
		{[]string{"import", "other.txt"}, "nothing that can be imported"},
		{[]string{"import", "--from", "parley", "other.txt"}, "not an export of Parley"},
		{[]string{"import", "--from", "ergo", "other.txt"}, "not a database of Ergo"},
		{[]string{"import", "--from", "nothing", "other.txt"}, "there is no source"},
		{[]string{"import", "--from", "ergo", "other.txt", "other.txt"}, "one file"},
	} {
		code, _, stderr := ircd(t, dir, "", tt.args...)
		codeIs(t, code, exitFailed, stderr)
		contains(t, stderr, tt.want)
	}
	if _, err := os.Stat(filepath.Join(dir, "data", "parley.db")); err == nil {
		t.Error("a file that is nothing has made a database")
	}
}

// TestImportErgo follows docs/manual/migrate.md: an operator of Ergo moves to Parley.
func TestImportErgo(t *testing.T) {
	dir := newFolder(t, quiet)
	db, err := filepath.Abs("migrate/ergo/testdata/ircd.db")
	if err != nil {
		t.Fatal(err)
	}
	run := func(want int, args ...string) string {
		t.Helper()
		code, stdout, stderr := ircd(t, dir, "", args...)
		codeIs(t, code, want, stdout+stderr)
		return stdout + stderr
	}
	contains(t, run(exitOK, "import", "--dry-run", db), "would import 4 of 4 accounts", "would import 3 of 3 channels", "Nothing was changed", "push notifications alice")
	if _, err := os.Stat(filepath.Join(dir, "data")); err == nil {
		t.Error("a dry run has made a data folder")
	}
	contains(t, run(exitOK, "import", "--report", "left.txt", db), "imported 4 of 4 accounts", "imported 3 of 3 bans", "imported 1 of 1 users who stay")
	if b, err := os.ReadFile(filepath.Join(dir, "left.txt")); err != nil || !strings.Contains(string(b), "push notifications\talice\t") {
		t.Errorf("%s, %v", b, err)
	}
	contains(t, run(exitOK, "import", db), "imported 0 of 4 accounts; 4 are there already")

	p := launch(t, dir)
	c := connect(t, p.address("127.0.0.1"), "visitor")
	contains(t, run(exitFailed, "import", db), "in use by a server that runs already")
	contains(t, run(exitOK, "import", "--dry-run", db), "would import 0 of 4 accounts; 4 are there already")
	c.send("WHOIS alice") // who is there without a client
	c.wait("Alice of the tests")
	c.wait(" 330 ")
	c.send("NS IDENTIFY bob wrong")
	c.wait("wrong")
	c.send("NS IDENTIFY bob sesame-bob")
	c.wait(" 900 ")
	c.send("JOIN #tea leaves")
	c.wait("Green tea, at four")
	c.wait("~alice @visitor")
	c.send("JOIN #warez")
	c.wait("closed")
	d := connect(t, p.address("127.0.0.1"), "other")
	d.send("NS IDENTIFY dora sesame-dora")
	d.wait("suspended")
	d.send("NICK erased")
	d.wait(" 433 ")
	p.signal(syscall.SIGTERM)
	codeIs(t, p.exit(), exitOK)
	out := run(exitOK, "export", "--only", "records", "-")
	for line := range strings.Lines(out) {
		if strings.Contains(line, `"key":"bob"`) && strings.Contains(line, `"shelf":"accounts"`) && !strings.Contains(line, "$argon2id$") {
			t.Errorf("bob has logged in, and the password is still kept as Ergo had it: %s", line)
		}
	}
}

// TestImportServices imports what services have kept: who had an account there logs in
// with the same password.
func TestImportServices(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files []string
		says  []string
	}{
		{"anope", []string{"anope.db", "module_cs_mode.db"}, []string{"imported 4 of 4 accounts", "imported 3 of 4 channels", "imported 5 of 5 bans", "oldmd5"}},
		{"anope", []string{"anope.json"}, []string{"imported 4 of 4 accounts", "imported 3 of 4 channels", "imported 5 of 5 bans", "oldmd5"}},
		{"atheme", []string{"services.db"}, []string{"imported 5 of 5 accounts", "imported 3 of 4 channels", "$ircservices$"}},
	} {
		t.Run(tt.files[0], func(t *testing.T) {
			dir := newFolder(t, quiet)
			args := []string{"import"}
			for _, f := range tt.files {
				path, err := filepath.Abs(filepath.Join("migrate", tt.name, "testdata", f))
				if err != nil {
					t.Fatal(err)
				}
				args = append(args, path)
			}
			code, stdout, stderr := ircd(t, dir, "", args...)
			codeIs(t, code, exitOK, stderr)
			contains(t, stdout, tt.says...)
			p := launch(t, dir)
			c := connect(t, p.address("127.0.0.1"), "visitor")
			c.send("NS IDENTIFY bob sesame")
			c.wait(" 900 ")
			c.send("JOIN #Tea leaves")
			c.wait("Green, at four")
			c.wait(" 366 ")
			c.send("MODE #tea")
			c.wait("324 visitor #Tea +")
			c.send("CS INFO #tea")
			c.wait("Founder: Alice")
			c.wait("30") // the limit that is locked
			c.send("NS IDENTIFY Alice sesame")
			c.wait(" 900 ")
			c.send("WHOIS visitor")
			c.wait("tea.example")
		})
	}
}

// TestImportHistory imports what was said on Ergo, after its accounts.
func TestImportHistory(t *testing.T) {
	dir := newFolder(t, quiet+"[history]\nage = \"0s\"\n")
	path := func(name string) string {
		p, err := filepath.Abs(filepath.Join("migrate/ergo/testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	run := func(args ...string) string {
		t.Helper()
		code, stdout, stderr := ircd(t, dir, "", args...)
		codeIs(t, code, exitOK, stdout+stderr)
		return stdout
	}
	run("import", path("ircd.db"))
	contains(t, run("import", "--dry-run", path("history.json")), "would import 8 messages and events; 1 are there already", "left out: 1 of conversations", "1 of kinds")
	contains(t, run("import", path("history.json")), "imported 8 messages and events; 1 are there already")
	contains(t, run("import", path("history.json")), "imported 0 messages and events; 9 are there already")
	p := launch(t, dir)
	c := connect(t, p.address("127.0.0.1"), "visitor")
	c.send("NS IDENTIFY bob sesame-bob")
	c.wait(" 900 ")
	c.send("JOIN #tea leaves")
	c.wait(" 366 ")
	c.send("HISTORY #tea")
	c.wait("is the pot on?")
	c.wait("or black")
	c.wait("who am I?")
	c.send("HISTORY alice")
	c.wait("a secret")
	c.send("CAP REQ :draft/chathistory message-tags batch")
	c.wait("ACK")
	c.send("CHATHISTORY LATEST #tea * 10")
	c.wait("+draft/reply=")
}
