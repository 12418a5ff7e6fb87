package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/server"
)

const packaging = "../ircd/packaging"

// tool returns a program of the system, or skips the test.
func tool(t *testing.T, name string) string {
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("there is no %s", name)
	}
	return path
}

// unit writes the unit as it is verified: its program and its manual pages are not
// installed here.
func unit(t *testing.T) string {
	b, err := os.ReadFile(filepath.Join(packaging, "parley.service"))
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`(?m)^Documentation=.*\n`).ReplaceAllString(string(b), "")
	if !strings.Contains(text, "ExecStart=/usr/bin/ircd run ") {
		t.Fatal("the unit does not run the program")
	}
	path := filepath.Join(t.TempDir(), "parley.service")
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(text, "/usr/bin/ircd", self)), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestUnit(t *testing.T) {
	analyze, path := tool(t, "systemd-analyze"), unit(t)
	if out, err := exec.Command(analyze, "verify", "--man=no", path).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
	// The exposure is from 0 to 10, times ten; most units of a system have more than 90.
	const most = "15"
	if out, err := exec.Command(analyze, "security", "--offline=yes", "--threshold="+most, path).CombinedOutput(); err != nil {
		t.Errorf("systemd-analyze security: %v\n%s", err, out)
	}
}

func TestScripts(t *testing.T) {
	sh := tool(t, "sh")
	var scripts []string
	for _, pattern := range []string{"*.sh", "debian/*.sh", "debian/post*", "debian/pre*"} {
		found, _ := filepath.Glob(filepath.Join(packaging, pattern))
		scripts = append(scripts, found...)
	}
	if len(scripts) < 8 {
		t.Fatalf("only %q are found", scripts)
	}
	for _, s := range scripts {
		if out, err := exec.Command(sh, "-n", s).CombinedOutput(); err != nil {
			t.Errorf("%s: %s", s, out)
		}
		if info, err := os.Stat(s); err != nil || info.Mode().Perm()&0o100 == 0 {
			t.Errorf("%s cannot be executed", s)
		}
	}
	out, err := exec.Command(sh, filepath.Join(packaging, "version.sh")).Output()
	if err != nil || !regexp.MustCompile(`^\d+\.\d+\.\d+(-[a-z0-9]+)?\n$`).Match(out) {
		t.Errorf("the version is %q, %v", out, err)
	}
}

// TestContainerfile tests what can be known of the image without building it: that its
// files exist, that it runs as nobody, and that its configuration can be used.
func TestContainerfile(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(packaging, "Containerfile"))
	if err != nil {
		t.Fatal(err)
	}
	stages := strings.Split(string(b), "\nFROM ")
	last := stages[len(stages)-1]
	if !strings.HasPrefix(last, "scratch\n") || !regexp.MustCompile(`(?m)^USER [1-9]\d+:[1-9]\d+$`).MatchString(last) {
		t.Errorf("the image is not made of nothing, or runs as root:\n%s", last)
	}
	for _, m := range regexp.MustCompile(`(?m)^COPY --from=build (?:--\S+ )?/src/(\S+) `).FindAllStringSubmatch(last, -1) {
		if _, err := os.Stat(filepath.Join("..", m[1])); err != nil {
			t.Error(err)
		}
	}
	cfg, err := config.Load(filepath.Join(packaging, "container.toml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if problems := server.Check(cfg); len(problems) > 0 {
		t.Error(problems)
	}
	var ports []string
	for _, l := range cfg.Listeners {
		ports = append(ports, strings.TrimPrefix(l.Address, ":"))
	}
	exposed := regexp.MustCompile(`(?m)^EXPOSE (.*)$`).FindStringSubmatch(last)
	if exposed == nil || !slices.Equal(strings.Fields(exposed[1]), ports) {
		t.Errorf("the image exposes %q, but listens on %q", exposed, ports)
	}
	if !strings.Contains(last, "\nVOLUME "+cfg.Server.DataDir+"\n") {
		t.Errorf("%s is no volume", cfg.Server.DataDir)
	}
}
