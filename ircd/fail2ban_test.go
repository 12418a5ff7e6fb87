package main

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
)

// filters reads the expressions of the filter, for Go: <HOST> is an address.
func filters(t *testing.T) (all []*regexp.Regexp) {
	t.Helper()
	text, err := os.ReadFile("packaging/fail2ban/filter.conf")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "failregex = ")
	rest, _, more := strings.Cut(rest, "\nignoreregex")
	if !ok || !more {
		t.Fatal("the filter has another form")
	}
	for line := range strings.Lines(rest) {
		line = strings.ReplaceAll(strings.TrimSpace(line), "<HOST>", `(?P<host>[0-9A-Fa-f:.]+)`)
		all = append(all, regexp.MustCompile(line))
	}
	return all
}

// found returns the addresses that the filter finds in a log, by what it is.
func found(t *testing.T, log string) (n int, addresses map[string]bool) {
	t.Helper()
	addresses = map[string]bool{}
	for line := range strings.Lines(log) {
		for _, re := range filters(t) {
			if m := re.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
				n++
				addresses[m[re.SubexpIndex("host")]] = true
			}
		}
	}
	return n, addresses
}

// TestFail2ban: the filter in packaging finds who guesses passwords and tokens in the log of
// a server, in both forms, and nobody whose name others have chosen.
func TestFail2ban(t *testing.T) {
	for _, form := range []string{"text", "json"} {
		t.Run(form, func(t *testing.T) {
			p := launch(t, newFolder(t, quiet+"[logging]\nformat = \""+form+"\"\n[api]\nenabled = true\nlisten = \"127.0.0.3:0\"\n"+
				"[[oper]]\nname = \"root\"\npassword = \""+hashOf(t, "tea")+"\"\nclass = \"netadmin\"\n"))
			where := func(kind string) string {
				return p.says(`listening"?[ ,]"?address"?[=:]"?([0-9.:]+)"?[ ,]"?for"?[=:]"?`+kind, 1)
			}
			c := connect(t, where("IRC"), "alice")
			c.send("NS IDENTIFY alice wrong")
			c.wait("NOTICE alice")
			c.send(`NS IDENTIFY addr=192.0.2.1 msg="login` + " wrong")
			c.wait("NOTICE alice")
			c.send(`OPER level=WARN\nmsg="login_failed"addr=192.0.2.2 wrong`)
			c.wait(" 464 ")
			r, _ := http.NewRequest("GET", "http://"+where("API")+"/v1/status", nil)
			r.Header.Set("Authorization", "Bearer parley_wrong")
			if answer, err := http.DefaultClient.Do(r); err != nil || answer.StatusCode != 401 {
				t.Fatal(answer, err)
			}
			p.says("API token refused", 1)
			n, addresses := found(t, p.stderr.String())
			if n != 4 || len(addresses) != 1 || !addresses["127.0.0.1"] {
				t.Errorf("%d lines, %v:\n%s", n, addresses, p.stderr)
			}
		})
	}
	// Who writes what looks like a line of the log has it quoted.
	for _, line := range []string{
		`time=2026-11-28T12:00:00Z level=INFO msg="oper" by="x level=WARN msg=\"login failed\" addr=192.0.2.1 reason="`,
		`{"time":"2026-11-28T12:00:00Z","level":"INFO","msg":"\"msg\":\"login failed\",\"addr\":\"192.0.2.1\",\"reason\":"}`,
	} {
		if n, _ := found(t, line); n > 0 {
			t.Errorf("the filter believes %s", line)
		}
	}
	if n, addresses := found(t, "time=2026-11-28T12:00:00.123Z level=WARN msg=\"login failed\" addr=2001:db8::1 reason=\"wrong\"\n"); n != 1 || !addresses["2001:db8::1"] {
		t.Error("an address of IPv6 is not found", addresses)
	}
}
