package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/parley-irc/parley/config"
)

// TestQuestions answers the questions of init.
func TestQuestions(t *testing.T) {
	t.Setenv("USER", "carol")
	for _, tt := range []struct {
		answers string
		want    initCommand
		pw      string // "*" is one that was made
	}{
		{"Tea\nirc.tea.example\nyes\n/x/fullchain.pem\n\nalice\nsecret\n", initCommand{
			Network: "Tea", Server: "irc.tea.example", Public: true, Cert: "/x/fullchain.pem", Key: "/x/privkey.pem", Oper: "alice",
		}, "secret"},
		{"\nirc.tea.example\ny\n\n\n\n", initCommand{Network: "Parley", Server: "irc.tea.example", Public: true, Oper: "carol", MakePassword: true}, "*"},
		{"\n\n\n\n\n", initCommand{Network: "Parley", Server: hostName("irc.parley.example"), Oper: "carol", MakePassword: true}, "*"},
	} {
		in, out, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(out, tt.answers)
		out.Close()
		var asked strings.Builder
		var got initCommand
		pw, err := got.ask(world{in: in, err: &asked})
		if err != nil || got != tt.want || tt.pw != "*" && pw != tt.pw || pw == "" {
			t.Errorf("%q: %+v, %q, %v", tt.answers, got, pw, err)
		}
		contains(t, asked.String(), "network [Parley]", "find it [", "[n]", "operator [carol]", "makes one: ")
		if _, err := got.ask(world{in: in, err: &asked}); err == nil {
			t.Error("no answer is an answer")
		}
		in.Close()
	}
}

// TestInit writes a configuration by flags, with a certificate, and reads what to do
// next.
func TestInitFlags(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "tea.toml")
	code, out, errs := ircd(t, dir, "", "init", "--config", path, "--network", "Tea", "--server", "irc.tea.example", "--public",
		"--language", "de", "--oper", "alice", "--make-password")
	if code != exitOK {
		t.Fatal(code, errs)
	}
	contains(t, out, path+" is written", "tls.crt is a certificate", " run --config "+path, "-tls -notls_verify localhost 6697", "/OPER alice ", "irc.tea.example has to lead")
	if !regexp.MustCompile(`/OPER alice [a-z2-9]{5}(-[a-z2-9]{5}){3}\n`).MatchString(out) || !regexp.MustCompile(`  [0-9a-f]{64}\n`).MatchString(out) {
		t.Errorf("no password or fingerprint is in %s", out)
	}
	c, err := config.Load(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Network.Name != "Tea" || c.Server.Language != "de" || c.Opers[0].Name != "alice" || c.Listeners[1].Address != ":6697" {
		t.Errorf("it reads as %+v, %+v, %+v", c.Network, c.Opers, c.Listeners)
	}
	if _, err := os.Stat(filepath.Join(dir, "data", "tls.key")); err != nil {
		t.Error(err)
	}
	if code, _, errs := ircd(t, dir, "", "init", "--config", path); code != exitFailed || !strings.Contains(errs, "exists already") {
		t.Errorf("a second time: %d, %s", code, errs)
	}
	code, _, errs = ircd(t, dir, "", "init", "--config", filepath.Join(dir, "x.toml"), "--server", "localhost")
	if code != exitUsage || !strings.Contains(errs, "server.name: cannot be") {
		t.Errorf("a wrong name: %d, %s", code, errs)
	}
	if _, err := os.Stat(filepath.Join(dir, "x.toml")); err == nil {
		t.Error("a configuration is written that cannot be used")
	}
}
