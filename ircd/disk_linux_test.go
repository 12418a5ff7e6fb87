package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/parley-irc/parley/ircd/httpapi"
)

// apiClient asks the API of a process.
type apiClient struct {
	*testing.T
	web, token string
}

func (a apiClient) ask(method, path, body string) (int, string) {
	a.Helper()
	r, _ := http.NewRequest(method, a.web+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+a.token)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		a.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		a.Fatal(err)
	}
	return answer.StatusCode, string(b)
}

// withEverything is monitored with the API.
func withEverything() (config, token string) {
	token, hash := httpapi.NewToken()
	return monitored + "[api]\nenabled = true\nlisten = \"127.0.0.4:0\"\n[[api.token]]\nname = \"t\"\nhash = \"" + hash + "\"\nscopes = [\"*\"]\n", token
}

// TestFullDisk: while nothing can be written, what watches the server is told, programs are
// refused what would have to be kept, and chat and the rest of the API go on. When there is
// space again, all is as it was.
func TestFullDisk(t *testing.T) {
	config, token := withEverything()
	p := launch(t, newFolder(t, config))
	irc, web := p.address("127.0.0.1"), "http://"+p.address("127.0.0.3")
	a := apiClient{t, "http://" + p.address("127.0.0.4"), token}
	alice, bob := connect(t, irc, "alice"), connect(t, irc, "bob")
	for _, c := range []*client{alice, bob} {
		c.send("JOIN #tea")
		c.wait(" 366 ")
	}
	if status, text := a.ask("POST", "/v1/accounts", `{"name":"carol","password":"oolong"}`); status != 201 {
		t.Fatal(status, text)
	}
	limit := func(bytes uint64) {
		if err := unix.Prlimit(p.cmd.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}, nil); err != nil {
			t.Fatal(err)
		}
	}
	fi, err := os.Stat(filepath.Join(p.cmd.Dir, "data", "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	limit(uint64(fi.Size()))
	status, text := a.ask("POST", "/v1/accounts", `{"name":"dave","password":"oolong"}`)
	if status != http.StatusServiceUnavailable || !strings.Contains(text, "urn:parley:problem:unavailable") {
		t.Errorf("without space: %d %s", status, text)
	}
	if status, text := get(t, web+"/readyz"); status != http.StatusServiceUnavailable || !strings.Contains(text, "writing: records cannot be written") {
		t.Errorf("without space: %d %s", status, text)
	}
	if status, _ := get(t, web+"/healthz"); status != http.StatusOK {
		t.Error("it is not the server that is ill")
	}
	_, text = get(t, web+"/metrics")
	contains(t, text, "parley_store_writable 0")
	alice.send("PRIVMSG #tea :is it full?")
	bob.wait("is it full?")
	if status, text := a.ask("GET", "/v1/accounts/carol", ""); status != 200 {
		t.Error(status, text)
	}

	limit(unix.RLIM_INFINITY)
	if status, text := a.ask("POST", "/v1/accounts", `{"name":"dave","password":"oolong"}`); status != 201 {
		t.Errorf("with space again: %d %s", status, text)
	}
	if status, text := get(t, web+"/readyz"); status != http.StatusOK {
		t.Errorf("with space again: %d %s", status, text)
	}
}

// TestBackup: a copy that is made by the API while people talk is all that another server
// needs: accounts, registered channels, and what was said.
func TestBackup(t *testing.T) {
	config, token := withEverything()
	p := launch(t, newFolder(t, config))
	a := apiClient{t, "http://" + p.address("127.0.0.4"), token}
	alice := connect(t, p.address("127.0.0.1"), "alice")
	alice.send("NS REGISTER oolong-tea")
	alice.wait("Account created")
	alice.send("JOIN #tea")
	alice.wait(" 366 ")
	alice.send("CS REGISTER #tea")
	alice.wait("NOTICE alice")
	alice.send("TOPIC #tea :green")
	alice.wait("TOPIC #tea")
	alice.send("CAP REQ :echo-message\r\nPRIVMSG #tea :remember this")
	alice.wait("remember this")
	status, copied := a.ask("GET", "/v1/backup", "")
	if status != 200 {
		t.Fatal(status, copied)
	}
	again := newFolder(t, quiet)
	writeFile(t, filepath.Join(again, "parley.jsonl"), copied)
	code, _, stderr := ircd(t, again, "", "import", "parley.jsonl")
	codeIs(t, code, exitOK, stderr)
	q := launch(t, again)
	other := connect(t, q.address("127.0.0.1"), "somebody")
	other.send("NS IDENTIFY alice oolong-tea")
	other.wait(" 900 ")
	other.send("CAP REQ :draft/chathistory\r\nJOIN #tea")
	contains(t, other.wait(" 332 "), "#tea green")
	other.send("CHATHISTORY LATEST #tea * 10")
	other.wait("remember this")

	// One that has not come to its end is noticed.
	writeFile(t, filepath.Join(again, "half.jsonl"), copied[:len(copied)/2])
	q.signal(unix.SIGTERM)
	q.exit()
	code, _, stderr = ircd(t, again, "", "import", "half.jsonl")
	codeIs(t, code, exitFailed, stderr)
}
