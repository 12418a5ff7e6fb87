package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parley-irc/parley/config"
)

const manFolder = "../docs/man"

// TestGenerated checks that the committed manual pages are those the program makes.
// With GENERATE=1 it writes them.
func TestGenerated(t *testing.T) {
	if os.Getenv("GENERATE") != "" {
		if _, err := writeMan(manFolder); err != nil {
			t.Fatal(err)
		}
	}
	pages, err := manPages()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pages {
		if b, err := os.ReadFile(filepath.Join(manFolder, p.name)); err != nil || string(b) != p.text {
			t.Errorf("docs/man/%s is not current: run make generate (%v)", p.name, err)
		}
	}
}

// TestMan checks that the pages have every command, flag, section and key, and that
// groff, where there is one, finds nothing to warn of.
func TestMan(t *testing.T) {
	pages, err := manPages()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{".SS account passwd", ".SS check", `\fB\-\-oper\fR=\fINAME\fR`, `\fB\-c\fR, \fB\-\-config\fR=\fIFILE\fR`, ".SH SIGNALS", "ircd mkcert irc.example.org"} {
		if !strings.Contains(pages[0].text, want) {
			t.Errorf("ircd(8) lacks %q", want)
		}
	}
	for _, s := range config.Sections() {
		if !strings.Contains(pages[1].text, "\n.SS "+strings.ReplaceAll(s.Header, "-", `\-`)+"\n") {
			t.Errorf("parley.toml(5) lacks %s", s.Header)
		}
		for _, k := range s.Keys {
			if !strings.Contains(pages[1].text, `\fB`+strings.ReplaceAll(k.Name, "-", `\-`)+`\fR`) {
				t.Errorf("parley.toml(5) lacks %s %s", s.Header, k.Name)
			}
		}
	}
	path, err := exec.LookPath("groff")
	if err != nil {
		return
	}
	for _, p := range pages {
		cmd := exec.Command(path, "-man", "-ww", "-z", "-Tutf8")
		cmd.Stdin = strings.NewReader(p.text)
		if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v: %s", p.name, err, out)
		}
	}
}
