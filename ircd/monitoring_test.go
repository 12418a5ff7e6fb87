package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/parley-irc/parley/ircd/metrics"
)

// monitored is quiet with figures.
const monitored = quiet + `
[monitoring]
enabled = true
listen = "127.0.0.3:0"
`

// get asks for a page.
func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(b)
}

// TestMetrics scrapes a server that people use: the names are as Prometheus wants them, and
// whatever the dashboard and the rules of the manual ask for is there.
func TestMetrics(t *testing.T) {
	p := launch(t, newFolder(t, monitored))
	web := "http://" + p.address("127.0.0.3")
	alice := connect(t, p.address("127.0.0.1"), "alice")
	alice.send("JOIN #tea")
	alice.wait(" 366 ")
	code, _, stderr := ircd(t, p.cmd.Dir, "secret\n", "account", "add", "alice")
	codeIs(t, code, exitOK, stderr)
	p.signal(syscall.SIGHUP)
	p.says("rehash: ", 1)

	status, text := get(t, web+"/metrics")
	if status != http.StatusOK {
		t.Fatal(status, text)
	}
	contains(t, text, `parley_clients{state="registered"} 1`, "parley_channels 1", "parley_accounts 1",
		`parley_commands_total{command="JOIN"} 1`, "parley_registrations_total 1", "parley_servers 1",
		`parley_rehashes_total{result="ok"} 1`, "parley_store_writable 1", "parley_history_degraded 0")
	if regexp.MustCompile(`(?m)^parley_(sent|received)_bytes_total 0$`).MatchString(text) {
		t.Error("no bytes are counted")
	}
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range problems {
		if strings.HasPrefix(x.Metric, "parley_") {
			t.Errorf("%s: %s", x.Metric, x.Text)
		}
	}
	there := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^([a-z_]+)[ {]`).FindAllStringSubmatch(text, -1) {
		there[m[1]] = true
	}
	for _, m := range metrics.All() {
		_, link := strings.CutPrefix(m.Name, "parley_link_")
		_, tls := strings.CutPrefix(m.Name, "parley_tls_")
		if !there[m.Name] && !link && !tls { // which need others, and TLS
			t.Errorf("%s is not told", m.Name)
		}
		there[m.Name] = true
	}
	for _, name := range append(asked(t, "../docs/monitoring/grafana.json"), asked(t, "../docs/monitoring/alerts.yml")...) {
		if !there[name] {
			t.Errorf("the dashboard, or a rule, asks for %s, which is not told", name)
		}
	}
}

// asked returns the metrics that a file asks for.
func asked(t *testing.T, path string) (names []string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	if filepath.Ext(path) == ".json" {
		var d any
		if err := json.Unmarshal(b, &d); err != nil {
			t.Fatal(err)
		}
		text = strings.Join(expressions(d), "\n")
	}
	names = regexp.MustCompile(`\b(parley|go|process)_[a-z_]+\b`).FindAllString(text, -1)
	if len(names) < 5 {
		t.Errorf("%s asks for %q alone", path, names)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// expressions returns the queries of a dashboard.
func expressions(v any) (all []string) {
	switch x := v.(type) {
	case []any:
		for _, e := range x {
			all = append(all, expressions(e)...)
		}
	case map[string]any:
		for key, e := range x {
			if text, ok := e.(string); ok && (key == "expr" || key == "definition") {
				all = append(all, text)
			}
			all = append(all, expressions(e)...)
		}
	}
	return all
}

// TestHealth: a server that works says so, and one that sends its clients away wants no
// more of them. Profiles are behind a switch, which a rehash throws.
func TestHealth(t *testing.T) {
	dir := newFolder(t, monitored+"[[oper]]\nname = \"root\"\npassword = \""+hashOf(t, "tea")+"\"\nclass = \"netadmin\"\n")
	p := launch(t, dir)
	web := "http://" + p.address("127.0.0.3")
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/": 200, "/debug/pprof/": 404, "/other": 404} {
		if status, text := get(t, web+path); status != want {
			t.Errorf("%s is %d, want %d: %s", path, status, want, text)
		}
	}
	_, text := get(t, web+"/healthz")
	contains(t, text, "state: ok", "records: ok")

	root := connect(t, p.address("127.0.0.1"), "root")
	root.send("OPER root tea")
	root.wait(" 381 ")
	root.send("DRAIN " + "10m :a new kernel")
	root.wait("NOTICE root")
	status, text := get(t, web+"/readyz")
	if status != http.StatusServiceUnavailable {
		t.Error(status, text)
	}
	contains(t, text, "draining: clients are sent away: a new kernel", "records: ok")
	if status, _ := get(t, web+"/healthz"); status != http.StatusOK {
		t.Error("it is not well while it drains")
	}

	b, _ := os.ReadFile(filepath.Join(dir, defaultConfig))
	writeFile(t, filepath.Join(dir, defaultConfig), strings.Replace(string(b), "[monitoring]\n", "[monitoring]\npprof = true\n", 1))
	p.signal(syscall.SIGHUP)
	p.says("rehash: monitoring.pprof is now true", 1)
	if status, text := get(t, web+"/debug/pprof/goroutine?debug=1"); status != http.StatusOK || !strings.Contains(text, "goroutine profile") {
		t.Error(status, text)
	}

	// It can be turned off, and be elsewhere, while the server runs.
	writeFile(t, filepath.Join(dir, defaultConfig), strings.Replace(string(b), "127.0.0.3:0", "127.0.0.4:0", 1))
	p.signal(syscall.SIGHUP)
	other := "http://" + p.address("127.0.0.4")
	if status, _ := get(t, other+"/healthz"); status != http.StatusOK {
		t.Error("it does not answer elsewhere")
	}
	if _, err := http.Get(web + "/healthz"); err == nil {
		t.Error("it answers at the old address, too")
	}
	root.send("PING here")
	root.wait("PONG")
}

// hashOf returns the hash of a password.
func hashOf(t *testing.T, password string) string {
	t.Helper()
	code, stdout, stderr := ircd(t, t.TempDir(), password+"\n", "genpasswd")
	codeIs(t, code, exitOK, stderr)
	return strings.TrimSpace(fmt.Sprint(stdout))
}
