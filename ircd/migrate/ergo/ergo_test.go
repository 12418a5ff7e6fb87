package ergo

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/accounts/foreign"
	"github.com/parley-irc/parley/ircd/accounts/password"
	"github.com/parley-irc/parley/ircd/migrate"
	"github.com/parley-irc/parley/ircd/migrate/migratetest"
)

// fixture is a database that Ergo 2.20 has written.
const fixture = "testdata/ircd.db"

var reader = migratetest.Reader{Like: Like, Read: Read}

func TestFixture(t *testing.T) {
	n := reader.Fixture(t, fixture)
	var names []string
	for i := range n.Accounts {
		a := &n.Accounts[i]
		names = append(names, a.Name)
		if a.SecretErr != nil || a.Secret.Scram == nil || !foreign.Verify(a.Secret.Keep(password.Cheap), "sesame-"+a.Name) {
			t.Errorf("%s: the password does not verify (%v)", a.Name, a.SecretErr)
		}
		if time.Since(a.Registered) < 0 || a.Registered.Year() < 2026 {
			t.Errorf("%s was registered at %v", a.Name, a.Registered)
		}
	}
	if got := strings.Join(names, " "); got != "alice bob carol dora" {
		t.Fatal(got)
	}
	a := n.Accounts[0]
	if got := fmt.Sprint(a.Settings); got != "map[always-on:true autoreplay-lines:20 history:persistent multiclient:on]" {
		t.Error(got)
	}
	if got := fmt.Sprintf("%v %v %v %v %v %v", a.Nicks, a.Certs, a.Metadata, a.Host.Host, a.Host.Off, a.Markers); got !=
		"[ally] ["+strings.Repeat("ab", 32)+"] map[display-name:Alice of the teapot] tea.example false map[#tea:2026-11-27 10:00:00 +0000 UTC]" {
		t.Error(got)
	}
	if s := a.Stay; s == nil || s.Realname != "Alice of the tests" || !strings.Contains(s.Modes, "B") || len(s.Channels) != 2 || s.Channels[0].Channel != "#lounge" || len(s.Channels[1].Status) != 2 {
		t.Errorf("%+v", s)
	}
	if s := n.Accounts[3].Suspended; s == nil || s.Reason != "rude" || s.By != "admin" || s.Until.Year() < 2050 {
		t.Errorf("%+v", s)
	}
	if n.Accounts[1].Stay != nil {
		t.Error("bob stays")
	}
	if !slices.Equal(n.Reserved, []string{"erased"}) {
		t.Error(n.Reserved)
	}
}

func TestFixtureChannels(t *testing.T) {
	n := reader.Fixture(t, fixture)
	by := migratetest.Channels(n)
	tea := by["#tea"]
	if tea.Founder != "alice" || tea.Topic.Text != "Green tea, at four" || tea.Settings["history"] != "persistent" {
		t.Errorf("%+v", tea)
	}
	var modes []string
	for _, m := range tea.Modes {
		modes = append(modes, string(rune(m.Letter))+m.Param)
	}
	if slices.Sort(modes); strings.Join(modes, " ") != "C kleaves l30 n" {
		t.Error(modes)
	}
	if got := migratetest.List(tea.Lists, func(e migrate.Entry) string { return string(rune(e.Letter)) + " " + e.Mask }); got != "b *!*@spam.example, b m:*!*@loud.example, e *!*@kind.example" {
		t.Error(got)
	}
	if len(tea.Access) != 2 || tea.Access[0].Account != "bob" || tea.Access[0].Flags != "AOP" || tea.Access[1].Flags != "VOP" {
		t.Error(tea.Access)
	}
	if w := by["#warez"]; w.Forbidden == nil || w.Forbidden.By != "admin" {
		t.Errorf("%+v", w)
	}
	if got := migratetest.List(n.Bans, func(b migrate.Ban) string { return b.Action + " " + b.Target + " " + b.Notice }); got != "require-sasl 2001:db8::/32 log in, ban 203.0.113.0/24 open proxies, ban *!*@bots.example bots" {
		t.Error(got)
	}
}

// write returns commands as BuntDB writes them.
func write(commands ...[]string) []byte {
	var b bytes.Buffer
	for _, words := range commands {
		fmt.Fprintf(&b, "*%d\r\n", len(words))
		for _, w := range words {
			fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(w), w)
		}
	}
	return b.Bytes()
}

func TestFile(t *testing.T) {
	version := []string{"set", versionKey, "24"}
	for _, tt := range []struct {
		name string
		b    []byte
		want string // accounts, or the error
	}{
		{"set and deleted", write(version, []string{"set", "account.exists a", "1"}, []string{"set", "account.verified a", "1"}, []string{"del", "account.exists a"}), ""},
		{"with a time", write(version, []string{"set", "account.exists a", "1", "ex", "10"}, []string{"set", "account.verified a", "1"}), "a"},
		{"flushed", write([]string{"set", "account.exists a", "1"}, []string{"flushdb"}, version), ""},
		{"ends early", append(write(version, []string{"set", "account.exists a", "1"}, []string{"set", "account.verified a", "1"}), "*3\r\n$3\r\nse"...), "a"},
		{"not verified", write(version, []string{"set", "account.exists a", "1"}), ""},
		{"empty", nil, ErrForm.Error()},
		{"text", []byte("[network]\n"), ErrForm.Error()},
		{"of something else", write([]string{"set", "x", "y"}), ErrForm.Error()},
		{"of long ago", write([]string{"set", "db.version", "7"}), "Ergo 2.11"},
		{"damaged", append(write(version), "$3\r\n"...), "damaged"},
		{"an unknown command", write(version, []string{"get", "x"}), "damaged"},
		{"a lie about the length", append(write(version), "*1\r\n$99999999999\r\n"...), "damaged"},
	} {
		n, err := Read(bytes.NewReader(tt.b))
		switch {
		case err != nil && (tt.want == "" || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%s: %v", tt.name, err)
		case err == nil && len(n.Accounts) > 0 != (tt.want == "a"):
			t.Errorf("%s: %v", tt.name, n.Accounts)
		}
	}
}

// TestNonsense: a value that does not read costs that value only, and is told.
func TestNonsense(t *testing.T) {
	n, err := Read(bytes.NewReader(write(
		[]string{"set", versionKey, "99"}, []string{"set", "account.exists a", "1"}, []string{"set", "account.verified a", "1"},
		[]string{"set", "account.name a", "A"}, []string{"set", "account.credentials a", "{"}, []string{"set", "account.settings a", "7"},
		[]string{"set", "account.channeltomodes a", "[]"}, []string{"set", "1 x", "\xff"}, []string{"set", "2 x", "1"},
		[]string{"set", "bans.dlinev2 nonsense", "{}"}, []string{"set", "bans.klinev2 *!*@x", "["},
	)))
	if err != nil || len(n.Accounts) != 1 || n.Accounts[0].Name != "A" || !errors.Is(n.Accounts[0].SecretErr, foreign.ErrNone) || len(n.Notes) != 8 {
		t.Errorf("%+v, %v", n, err)
	}
}

func FuzzRead(f *testing.F) {
	reader.Fuzz(f, []string{fixture}, write([]string{"set", versionKey, "24"}, []string{"set", "account.exists a", "1"}),
		[]byte("*3\r\n$3\r\nset\r\n$1\r\nx\r\n$2000000000\r\n"))
}
