package main

import (
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestToken follows an operator: make a token, write what is printed into the
// configuration, rehash, and use it.
func TestToken(t *testing.T) {
	dir := newFolder(t, quiet)
	code, stdout, stderr := ircd(t, dir, "", "token", "website", "--scope", "status,accounts:read", "--days", "30", "--from", "127.0.0.0/8")
	codeIs(t, code, exitOK, stderr)
	token, section, _ := strings.Cut(stdout, "\n")
	contains(t, section, `name = "website"`, `scopes = ["status", "accounts:read"]`, "expires = ", `from = ["127.0.0.0/8"]`)
	p := launch(t, dir)
	p.address("127.0.0.1")
	writeFile(t, filepath.Join(dir, defaultConfig), quiet+"[api]\nenabled = true\nlisten = \"127.0.0.3:0\"\n"+section)
	p.signal(syscall.SIGHUP)
	web := "http://" + p.address("127.0.0.3")
	for path, want := range map[string]int{"/v1/status": 200, "/v1/accounts": 200, "/v1/bans": 403} {
		r, _ := http.NewRequest("GET", web+path, nil)
		r.Header.Set("Authorization", "Bearer "+token)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if answer.Body.Close(); answer.StatusCode != want {
			t.Errorf("%s is %d, want %d", path, answer.StatusCode, want)
		}
	}
	code, _, stderr = ircd(t, dir, "", "token", "website")
	codeIs(t, code, exitFailed, stderr)
	contains(t, stderr, "accounts:write", "backup")
	code, _, stderr = ircd(t, dir, "", "token", "website", "--scope", "stats")
	codeIs(t, code, exitFailed, stderr)
	contains(t, stderr, `no scope "stats"`)
	writeFile(t, filepath.Join(dir, defaultConfig), quiet+strings.Replace(section, "accounts:read", "accounts:reed", 1))
	code, _, stderr = ircd(t, dir, "", "check")
	codeIs(t, code, exitUsage, stderr)
	contains(t, stderr, `there is no scope "accounts:reed"`)
}
