package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/httpapi"
	"github.com/parley-irc/parley/ircd/metrics"
)

// A pair is two servers of a network that are linked.
type pair struct {
	*testing.T
	servers  [2]*process
	web, api [2]string // where their figures are, and their API
	token    string    // for that
}

// newPair starts two servers that know each other's keys; the second asks the first to join.
func newPair(t *testing.T) *pair {
	t.Helper()
	token, hash := httpapi.NewToken()
	p := &pair{T: t, token: token}
	ports := []int{freePort(t), freePort(t)}
	dirs, pins := []string{newFolder(t, ""), newFolder(t, "")}, []string{}
	config := func(i int, link string) string {
		return strings.Replace(quiet, "irc.tea.example", fmt.Sprintf("irc%d.tea.example", i+1), 1) +
			fmt.Sprintf("[monitoring]\nenabled = true\nlisten = \"127.0.0.3:0\"\n[api]\nenabled = true\nlisten = \"127.0.0.4:0\"\n[[api.token]]\nname = \"t\"\nhash = %q\nscopes = [\"*\"]\n", hash) + link
	}
	for i, dir := range dirs {
		writeFile(t, filepath.Join(dir, defaultConfig), config(i, ""))
		code, stdout, stderr := ircd(t, dir, "", "mkcert", "--link")
		codeIs(t, code, exitOK, stderr)
		m := regexp.MustCompile(`"\S+ [0-9a-f]{64}"`).FindString(stdout)
		if m == "" {
			t.Fatalf("there is no pin in %s", stdout)
		}
		pins = append(pins, m)
	}
	for i, dir := range dirs {
		link := fmt.Sprintf("[link]\nenabled = true\nlisten = \"127.0.0.1:%d\"\nadvertise = \"127.0.0.1:%d\"\nsecret = %q\npins = [%s]\n",
			ports[i], ports[i], strings.Repeat("s", 40), strings.Join(pins, ", "))
		if i == 1 {
			link += fmt.Sprintf("peers = [\"127.0.0.1:%d\"]\n", ports[0])
		}
		writeFile(t, filepath.Join(dir, defaultConfig), config(i, link))
		p.servers[i] = launch(t, dir)
		p.web[i], p.api[i] = "http://"+p.servers[i].address("127.0.0.3"), "http://"+p.servers[i].address("127.0.0.4")
	}
	return p
}

// until waits until the figures of the first server are such, and returns them.
func (p *pair) until(what string, ok func(text string) bool) (text string) {
	p.Helper()
	for end := time.Now().Add(3 * patience); ; time.Sleep(50 * time.Millisecond) {
		_, text = get(p.T, p.web[0]+"/metrics")
		if ok(text) {
			return text
		}
		if time.Now().After(end) {
			p.Fatalf("%s does not happen:\n%s\n%s", what, text, p.servers[0].stderr)
		}
	}
}

// TestLinkFigures: two servers of a network tell of each other, to Prometheus and by the API;
// what one is asked for is done on both; and when one is gone, the other tells that.
func TestLinkFigures(t *testing.T) {
	p := newPair(t)
	alice := connect(t, p.servers[1].says(`listening address=(127.0.0.1:\d+) for=IRC\n`, 1), "alice")
	alice.conn.SetDeadline(time.Now().Add(4 * patience))
	text := p.until("the link", func(text string) bool {
		return strings.Contains(text, `parley_link_in_step{server="irc2.tea.example"} 1`) && strings.Contains(text, "parley_users 1\n") && strings.Contains(text, "parley_network_members_reached 2")
	})
	for _, m := range metrics.All() {
		if strings.HasPrefix(m.Name, "parley_link_") && !strings.Contains(text, "\n"+m.Name+`{server="irc2.tea.example"} `) {
			t.Errorf("%s is not told", m.Name)
		}
	}
	contains(t, text, "parley_servers 2", "parley_network_members 2", `parley_link_users{server="irc2.tea.example"} 1`)
	p.askBoth(alice)
	a := apiClient{t, p.api[0], p.token}
	if status, text := get(t, p.web[0]+"/readyz"); status != 200 {
		t.Error(status, text)
	}
	if status, text := a.ask("POST", "/v1/servers/irc2.tea.example/unlink", `{"reason":"a new kettle"}`); status != 204 {
		t.Error(status, text)
	}
	p.until("that the other is unlinked", func(text string) bool { return strings.Contains(text, `parley_link_up{server="irc2.tea.example"} 0`) })
	if status, text := a.ask("POST", "/v1/servers/irc2.tea.example/link", ""); status != 204 {
		t.Error(status, text)
	}
	p.until("that the other is linked again", func(text string) bool {
		return strings.Contains(text, `parley_link_in_step{server="irc2.tea.example"} 1`)
	})
	p.servers[1].signal(syscall.SIGKILL)
	p.until("that the other is gone", func(text string) bool {
		return strings.Contains(text, `parley_link_up{server="irc2.tea.example"} 0`) && strings.Contains(text, "parley_network_members_reached 1")
	})
}

// askBoth asks the API of the first server for what happens on the second, where alice is.
func (p *pair) askBoth(alice *client) {
	p.Helper()
	a := apiClient{p.T, p.api[0], p.token}
	if status, text := a.ask("GET", "/v1/servers", ""); status != 200 || !strings.Contains(text, `"name":"irc2.tea.example"`) {
		p.Error(status, text)
	}
	if status, text := a.ask("POST", "/v1/announce", `{"text":"tea for all servers"}`); status != 204 {
		p.Error(status, text)
	}
	alice.wait("tea for all servers")
	if status, text := a.ask("POST", "/v1/accounts", `{"name":"carol","password":"oolong tea"}`); status != 201 {
		p.Error(status, text)
	}
	b := apiClient{p.T, p.api[1], p.token}
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if status, _ := b.ask("GET", "/v1/accounts/carol", ""); status == 200 {
			break
		}
		if time.Now().After(end) {
			p.Fatal("the account is not on the other server")
		}
	}
	if status, text := a.ask("POST", "/v1/users/alice/kill", `{"reason":"good night"}`); status != 204 {
		p.Error(status, text)
	}
	alice.wait("good night")
}
