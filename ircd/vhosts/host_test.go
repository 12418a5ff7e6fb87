package vhosts

import (
	"strings"
	"testing"

	"github.com/parley-irc/parley/ircd/casemap"
)

var rules = Rules{Mapping: casemap.ASCII, Suffix: "ip", Hosts: []string{"services", "irc.tea.example", "staff/alice", ""}}

func TestCheck(t *testing.T) {
	for host, want := range map[string]Fault{
		"tea.example":            NoFault,
		"user/Alice":             NoFault,
		"a-b.c_d/e":              NoFault,
		"10.tea.example":         NoFault,
		"a.b.c.d.e":              NoFault,
		"cafe.bad":               NoFault,
		"4-2.example":            NoFault,
		"x":                      Single,
		"":                       BadForm,
		"tea example":            BadForm,
		"tea.example\r":          BadForm,
		"tea\x00.example":        BadForm,
		"t\u0435a.example":       BadForm, // a Cyrillic letter
		"tea.example.":           BadForm,
		".tea.example":           BadForm,
		"tea..example":           BadForm,
		"tea//example":           BadForm,
		"tea./example":           BadForm,
		"-tea.example":           BadForm,
		"tea-.example":           BadForm,
		"_x.example":             BadForm,
		"$account.example":       BadForm,
		"tea.example:6667":       BadForm,
		"2001:db8::1":            BadForm,
		"a@b.example":            BadForm,
		"*.example":              BadForm,
		strings.Repeat("a.", 40): BadForm,
		"192.0.2.1":              Address,
		"192.0.2.1/24":           Address,
		"1.2":                    Address,
		"tea.7":                  Address,
		"0x7f.1":                 Address,
		"tea.0x1":                Address,
		"192.0.2.1.example":      Address,
		"gateway/192.0.2.1":      Address,
		"192-0-2-1.example":      Address,
		"h192-0-2-1.example":     NoFault, // one of them is no number
		"x-192-0-2-1.example":    Address,
		"abcdefgh.abcdefgh.ip":   Cloak,
		"abcdefgh.abcdefgh.IP":   Cloak,
		"services":               Taken,
		"SERV1CES":               NoFault + Single,
		"serv\u0456ces":          BadForm,
		"irc.tea.example":        Taken,
		"1rc.tea.example":        NoFault,
		"IRC.TEA.EXAMPLE":        Taken,
		"staff/a1ice":            Taken,
		"relayed.invalid":        Taken,
		"x.INVALID":              Taken,
	} {
		if got := rules.Check(host); got != want {
			t.Errorf("Check(%q) = %d, want %d", host, got, want)
		}
	}
}

// FuzzCheck: what is accepted can be sent as a part of nick!user@host, and looks like
// nothing that it must not.
func FuzzCheck(f *testing.F) {
	for _, s := range []string{"tea.example", "user/alice", "192.0.2.1", "a..b", "x.ip", "services"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, host string) {
		if rules.Check(host) != NoFault {
			return
		}
		if strings.ContainsAny(host, "!@*?: \r\n\x00") || len(host) > casemap.MaxHost || !strings.ContainsAny(host, "./") {
			t.Errorf("%q is accepted", host)
		}
		if got := rules.Check(strings.ToUpper(host)); got != NoFault {
			t.Errorf("%q is accepted, but not in capitals: %d", host, got)
		}
	})
}
