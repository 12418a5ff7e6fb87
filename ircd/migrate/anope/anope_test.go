package anope

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/parley-irc/parley/ircd/accounts/foreign"
	"github.com/parley-irc/parley/ircd/accounts/password"
	"github.com/parley-irc/parley/ircd/migrate"
	"github.com/parley-irc/parley/ircd/migrate/migratetest"
)

var reader = migratetest.Reader{Like: Like, Read: Read}

// All hold the same: as Anope 2.0 writes it, with what belongs to a module in a file of its
// own, and as 2.1 does.
var fixtures = [][]string{{"testdata/anope.db", "testdata/module_cs_mode.db"}, {"testdata/anope.json"}}

func each(t *testing.T, f func(t *testing.T, n *migrate.Network)) {
	t.Helper()
	for _, names := range fixtures {
		t.Run(names[0], func(t *testing.T) { f(t, reader.Fixture(t, names...)) })
	}
}

func TestAccounts(t *testing.T) {
	each(t, func(t *testing.T, n *migrate.Network) {
		if len(n.Accounts) != 4 {
			t.Fatalf("%d accounts", len(n.Accounts))
		}
		alice, bob, carol, dora := n.Accounts[0], n.Accounts[1], n.Accounts[2], n.Accounts[3]
		for _, a := range []migrate.Account{alice, bob, carol} {
			if a.SecretErr != nil || !foreign.Verify(a.Secret.Keep(password.Cheap), "sesame") {
				t.Errorf("%s: the password does not verify (%v)", a.Name, a.SecretErr)
			}
		}
		var u *foreign.UnsupportedError
		if !errors.As(dora.SecretErr, &u) || u.Form != "oldmd5" {
			t.Error(dora.SecretErr)
		}
		if got := migratetest.Line(alice.Name, alice.Nicks, alice.Email, alice.Confirmed, len(alice.Certs), alice.Registered.Unix(), alice.Seen.Unix(), alice.Settings); got !=
			"Alice [ally] alice@example.org true 2 1290000000 1700000000 map[enforce:strict]" {
			t.Error(got)
		}
		if h := alice.Host; h == nil || h.Host != "tea.example" || h.By != "admin" || h.Since.Unix() != 1400000000 {
			t.Errorf("%+v", h)
		}
		if bob.Settings["enforce"] != "timeout" || len(bob.Memos) != 1 || bob.Memos[0].From != "Alice" || bob.Memos[0].Text != "Tea at four?" || bob.Memos[0].Read {
			t.Errorf("%+v", bob)
		}
		if s := carol.Suspended; s == nil || s.Reason != "rude" || !s.Until.IsZero() || carol.Confirmed {
			t.Errorf("%+v", carol)
		}
	})
}

func TestChannels(t *testing.T) {
	each(t, func(t *testing.T, n *migrate.Network) {
		by := migratetest.Channels(n)
		tea := by["#Tea"]
		if got := migratetest.Line(tea.Founder, tea.Successor, tea.Registered.Unix(), tea.Topic.Text, tea.Topic.By); got != "Alice bob 1295000000 Green, at four bob" {
			t.Error(got)
		}
		if got := fmt.Sprint(tea.Settings); got != "map[desc:All about tea entrymsg:Welcome / Mind the pot url:https://tea.example/]" {
			t.Error(got)
		}
		if got := migratetest.Modes(tea.Modes) + " lock " + migratetest.Modes(tea.Lock); got != "n k=leaves t lock l=30 -s" {
			t.Error(got)
		}
		if len(tea.Lists) != 1 || tea.Lists[0].Mask != "*!*@spam.example" {
			t.Error(tea.Lists)
		}
		if got := migratetest.Access(tea); got != "bob +OHVrhiotv, carol +Vtv, dora SOP" {
			t.Error(got)
		}
		if len(tea.Akicks) != 2 || tea.Akicks[0].Mask != "*!*@rude.example" || tea.Akicks[1].Mask != "a:carol" {
			t.Error(tea.Akicks)
		}
		closed := by["#closed"]
		if got := fmt.Sprint(closed.Settings); got != "map[keeptopic:off private:on restricted:on secureops:on]" || closed.Suspended == nil || len(closed.Access) != 1 || closed.Access[0].Account != "#Tea" || closed.Access[0].Flags != "+Vv" {
			t.Error(got, closed.Suspended, closed.Access)
		}
		if w := by["#warez"]; w.Forbidden == nil || w.Forbidden.Reason != "no" {
			t.Errorf("%+v", w)
		}
		if o, ok := by["#orphan"]; !ok || o.Founder != "" {
			t.Errorf("%+v", o)
		}
	})
}

func TestBansAndNotes(t *testing.T) {
	each(t, func(t *testing.T, n *migrate.Network) {
		if got := migratetest.List(n.Bans, func(b migrate.Ban) string { return b.Action + " " + b.Target }); got != "ban *!*@203.0.113.7, ban *!*@bots.example&r:Cheap?bot, ban r:*cheap?watches*, reserve Admin*, reserve root" {
			t.Error(got)
		}
		if got := migratetest.Notes(n); got != "account waiting, ban /.*x+/, bot TeaBot, channel #Tea, channel #Tea, forbidden *@throwaway.example, host ally, host bob, memo #Tea" {
			t.Error(got)
		}
	})
}

func TestRefuses(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "", "not a database"},
		{"text", "[network]\n", "not a database"},
		{"of something else", "OBJECT Tea\nDATA x y\nEND\n", "not a database"},
		{"ends early", "OBJECT NickCore\nDATA display x\n", "too early"},
		{"damaged", "OBJECT NickCore\nEND\nTEA\n", "damaged"},
		{"nested", "OBJECT NickCore\nOBJECT NickCore\n", "damaged"},
		{"a long line", "OBJECT NickCore\nDATA x " + strings.Repeat("x", maxLine), "too long"},
		{"other JSON", `{"x":1}`, "not a database"},
		{"half of JSON", `{"data":{"NickCore":[`, "not a database"},
	} {
		if _, err := Read(strings.NewReader(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestFlags(t *testing.T) {
	f := &file{levels: map[string]map[string]int{"#x": {"AUTOOP": -1, "TOPIC": 1}}}
	for _, tt := range []struct{ provider, data, want string }{
		{"access/access", "10000", "+fkAOHVrhioastv"},
		{"access/access", "5", "+HVrhiotv"},
		{"access/access", "1", "+t"},
		{"access/access", "0", ""},
		{"access/access", "-1", ""},
		{"access/xop", "QOP", "SOP"},
		{"access/xop", "vop", "VOP"},
		{"access/flags", "F", "+fkAOHVrhioastv"},
		{"access/flags", "Z", ""},
		{"access/access", "nonsense", ""},
	} {
		if got := f.flags("#x", tt.provider, tt.data); got != tt.want {
			t.Errorf("%s %s: %q, want %q", tt.provider, tt.data, got, tt.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	reader.Fuzz(f, []string{fixtures[0][0], fixtures[1][0]}, []byte("OBJECT NickCore\nDATA display a\nDATA pass md5:\nEND\nOBJECT ModeLock\nEND\n"))
}
