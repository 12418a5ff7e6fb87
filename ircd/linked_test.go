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

// TestLinkFigures: two servers of a network tell of each other, to Prometheus and by the API;
// what one is asked for is done on both; and when one is gone, the other tells that.
func TestLinkFigures(t *testing.T) {
	token, hash := httpapi.NewToken()
	ports := []int{freePort(t), freePort(t)}
	dirs, pins := []string{newFolder(t, ""), newFolder(t, "")}, []string{}
	config := func(i int) string {
		return strings.Replace(quiet, "irc.tea.example", fmt.Sprintf("irc%d.tea.example", i+1), 1) +
			fmt.Sprintf("[monitoring]\nenabled = true\nlisten = \"127.0.0.3:0\"\n[api]\nenabled = true\nlisten = \"127.0.0.4:0\"\n[[api.token]]\nname = \"t\"\nhash = %q\nscopes = [\"*\"]\n", hash) +
			fmt.Sprintf("[link]\nenabled = true\nlisten = \"127.0.0.1:%d\"\nadvertise = \"127.0.0.1:%d\"\nsecret = %q\npins = [%s]\n", ports[i], ports[i], strings.Repeat("s", 40), strings.Join(pins, ", "))
	}
	for i, dir := range dirs {
		writeFile(t, filepath.Join(dir, defaultConfig), strings.Replace(config(i), "enabled = true\nlisten = \"127.0.0.1:", "enabled = false\nlisten = \"127.0.0.1:", 1))
		code, stdout, stderr := ircd(t, dir, "", "mkcert", "--link")
		codeIs(t, code, exitOK, stderr)
		m := regexp.MustCompile(`"\S+ [0-9a-f]{64}"`).FindString(stdout)
		if m == "" {
			t.Fatalf("there is no pin in %s", stdout)
		}
		pins = append(pins, m)
	}
	var p [2]*process
	var web, api [2]string
	for i, dir := range dirs {
		text := config(i)
		if i == 1 {
			text = strings.Replace(text, "pins = [", fmt.Sprintf("peers = [\"127.0.0.1:%d\"]\npins = [", ports[0]), 1)
		}
		writeFile(t, filepath.Join(dir, defaultConfig), text)
		p[i] = launch(t, dir)
		web[i], api[i] = "http://"+p[i].address("127.0.0.3"), "http://"+p[i].address("127.0.0.4")
	}
	alice := connect(t, p[1].says(`listening address=(127.0.0.1:\d+) for=IRC\n`, 1), "alice")
	alice.conn.SetDeadline(time.Now().Add(4 * patience))

	until := func(what string, ok func(text string) bool) (text string) {
		t.Helper()
		for end := time.Now().Add(3 * patience); ; time.Sleep(50 * time.Millisecond) {
			_, text = get(t, web[0]+"/metrics")
			if ok(text) {
				return text
			}
			if time.Now().After(end) {
				t.Fatalf("%s does not happen:\n%s\n%s", what, text, p[0].stderr)
			}
		}
	}
	text := until("the link", func(text string) bool {
		return strings.Contains(text, `parley_link_in_step{server="irc2.tea.example"} 1`) && strings.Contains(text, "parley_users 1\n") && strings.Contains(text, "parley_network_members_reached 2")
	})
	for _, m := range metrics.All() {
		if strings.HasPrefix(m.Name, "parley_link_") && !strings.Contains(text, "\n"+m.Name+`{server="irc2.tea.example"} `) {
			t.Errorf("%s is not told", m.Name)
		}
	}
	contains(t, text, "parley_servers 2", "parley_network_members 2", `parley_link_users{server="irc2.tea.example"} 1`)
	a := apiClient{t, api[0], token}
	if status, text := a.ask("GET", "/v1/servers", ""); status != 200 || !strings.Contains(text, `"name":"irc2.tea.example"`) {
		t.Error(status, text)
	}
	if status, text := a.ask("POST", "/v1/announce", `{"text":"tea for all servers"}`); status != 204 {
		t.Error(status, text)
	}
	alice.wait("tea for all servers")
	if status, text := a.ask("POST", "/v1/accounts", `{"name":"carol","password":"oolong tea"}`); status != 201 {
		t.Error(status, text)
	}
	b := apiClient{t, api[1], token}
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if status, _ := b.ask("GET", "/v1/accounts/carol", ""); status == 200 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the account is not on the other server")
		}
	}
	if status, text := a.ask("POST", "/v1/users/alice/kill", `{"reason":"good night"}`); status != 204 {
		t.Error(status, text)
	}
	alice.wait("good night")
	if status, text := get(t, web[0]+"/readyz"); status != 200 {
		t.Error(status, text)
	}
	if status, text := a.ask("POST", "/v1/servers/irc2.tea.example/unlink", `{"reason":"a new kettle"}`); status != 204 {
		t.Error(status, text)
	}
	until("that the other is unlinked", func(text string) bool { return strings.Contains(text, `parley_link_up{server="irc2.tea.example"} 0`) })
	if status, text := a.ask("POST", "/v1/servers/irc2.tea.example/link", ""); status != 204 {
		t.Error(status, text)
	}
	until("that the other is linked again", func(text string) bool {
		return strings.Contains(text, `parley_link_in_step{server="irc2.tea.example"} 1`)
	})
	p[1].signal(syscall.SIGKILL)
	until("that the other is gone", func(text string) bool {
		return strings.Contains(text, `parley_link_up{server="irc2.tea.example"} 0`) && strings.Contains(text, "parley_network_members_reached 1")
	})
}
