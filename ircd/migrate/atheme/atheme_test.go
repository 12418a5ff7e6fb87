package atheme

import (
	"errors"
	"strings"
	"testing"

	"github.com/parley-irc/parley/ircd/accounts/foreign"
	"github.com/parley-irc/parley/ircd/accounts/password"
	"github.com/parley-irc/parley/ircd/migrate"
	"github.com/parley-irc/parley/ircd/migrate/migratetest"
)

const fixture = "testdata/services.db"

var reader = migratetest.Reader{Like: Like, Read: Read}

func TestAccounts(t *testing.T) {
	n := reader.Fixture(t, fixture)
	if len(n.Accounts) != 5 {
		t.Fatalf("%d accounts", len(n.Accounts))
	}
	alice, bob, carol, dora, eve := n.Accounts[0], n.Accounts[1], n.Accounts[2], n.Accounts[3], n.Accounts[4]
	for _, a := range []migrate.Account{alice, bob, dora} {
		if a.SecretErr != nil || !foreign.Verify(a.Secret.Keep(password.Cheap), "sesame") {
			t.Errorf("%s: the password does not verify (%v)", a.Name, a.SecretErr)
		}
	}
	if pw, ok := carol.Secret.Password(); !ok || pw != "sesame" || carol.Email != "" || carol.Confirmed {
		t.Errorf("%+v", carol)
	}
	var u *foreign.UnsupportedError
	if !errors.As(eve.SecretErr, &u) {
		t.Error(eve.SecretErr)
	}
	if got := migratetest.Line(alice.Name, alice.Key, alice.Nicks, alice.Email, alice.Confirmed, len(alice.Certs), alice.Registered.Unix(), alice.Seen.Unix(), alice.Settings, alice.Secret.Scram != nil); got !=
		"Alice AAAAAAAAB [ally] alice@example.org true 1 1290000000 1700000000 map[enforce:timeout] true" {
		t.Error(got)
	}
	if h := alice.Host; h == nil || h.Host != "tea.example" || h.By != "admin" || h.Since.Unix() != 1400000000 {
		t.Errorf("%+v", h)
	}
	if m := bob.Memos; len(m) != 2 || m[0].Text != "Tea at four?" || m[0].Read || !m[1].Read || m[1].From != "Alice" || m[1].Sent.Unix() != 1650000000 {
		t.Errorf("%+v", m)
	}
	if s := carol.Suspended; s == nil || s.Reason != "rude to the pot" || s.By != "admin" {
		t.Errorf("%+v", s)
	}
}

func TestChannels(t *testing.T) {
	n := reader.Fixture(t, fixture)
	by := migratetest.Channels(n)
	tea := by["#Tea"]
	if got := migratetest.Line(tea.Founder, tea.Registered.Unix(), tea.Topic.Text, tea.Topic.By, tea.Settings); got !=
		"Alice 1295000000 Green, at four bob map[entrymsg:Welcome to tea private:on topiclock:on url:https://tea.example/]" {
		t.Error(got)
	}
	if got := migratetest.Modes(tea.Lock); got != "l=30 k=leaves n t -s f=#lounge j=5:10" {
		t.Error(got)
	}
	if got := migratetest.Access(tea); got != "dora SOP, bob +OahiorkstvA, carol +V, bob +Vv, dora +Vv" {
		t.Error(got)
	}
	if k := tea.Akicks; len(k) != 2 || k[0].Mask != "*!*@rude.example" || k[0].Reason != "rude" || k[0].Until.Unix() != 4000000000 || k[1].Mask != "a:eve" {
		t.Errorf("%+v", k)
	}
	if pots := by["#pots"]; pots.Founder != "bob" || migratetest.Modes(pots.Lock) != "i n M" || pots.Settings["restricted"] != "on" || len(pots.Access) != 1 || pots.Access[0].Account != "dora" {
		t.Errorf("%+v", pots)
	}
	if c := by["#closed"]; c.Suspended == nil || c.Suspended.Reason != "quarrel" || c.Settings["keeptopic"] != "off" {
		t.Errorf("%+v", c)
	}
	if o, ok := by["#orphan"]; !ok || o.Founder != "" {
		t.Errorf("%+v", o)
	}
}

func TestBansAndNotes(t *testing.T) {
	n := reader.Fixture(t, fixture)
	if got := migratetest.List(n.Bans, func(b migrate.Ban) string { return b.Action + " " + b.Target + " " + b.Reason }); got != "ban *!*@203.0.113.7 proxy, ban *!*bot@*.bots.example bots, ban r:*cheap*watches* spam, reserve Admin* reserved, reserve #warez no" {
		t.Error(got)
	}
	if u := n.Bans[1].Until; u.Unix() != 1650003600 || !n.Bans[0].Until.IsZero() {
		t.Error(u)
	}
	if len(n.Offers) != 1 || n.Offers[0].Host != "$account.users.example" || n.Offers[0].By != "admin" {
		t.Errorf("%+v", n.Offers)
	}
	if got := migratetest.Notes(n); got != "account waiting, bot TeaBot, channel #Tea, channel #Tea, channel #Tea, channel #pots, channel #pots, host ally, host bob, host pot.example, note of operators Alice, operator of services Alice" {
		t.Error(got)
	}
}

// TestOld reads what older versions have written.
func TestOld(t *testing.T) {
	n, err := Read(strings.NewReader(`DBV 7
MU alice sesame alice@example.org 1290000000 1700000000 0
MU bob $1$saltsalt$J3RStOYaRn/5Iz9DGbAnx1 bob@example.org 1290000000 1700000000 256
MC #a:b 1295000000 1700000000 0 16777216 0 0 
CA #a:b alice +F 1295000000 alice
CA #a:b *!*@2001:db8::1 +b 1295000000 alice
MDA #a:b:*!*@2001:db8::1 reason rude
DE 2 1 2
`))
	if err != nil || len(n.Accounts) != 2 || len(n.Channels) != 1 {
		t.Fatal(n, err)
	}
	if pw, ok := n.Accounts[0].Secret.Password(); !ok || pw != "sesame" || n.Accounts[0].Key != "" {
		t.Error(pw)
	}
	if !foreign.Verify(n.Accounts[1].Secret.Keep(password.Cheap), "sesame") {
		t.Error(n.Accounts[1].SecretErr)
	}
	if k := n.Channels[0].Akicks; len(k) != 1 || k[0].Reason != "rude" || k[0].Mask != "*!*@2001:db8::1" {
		t.Errorf("%+v", k)
	}
	if len(n.Notes) != 1 || !strings.Contains(n.Notes[0].Why, "mode lock") {
		t.Error(n.Notes)
	}
}

func TestRefuses(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "", "too early"},
		{"text", "[network]\n", "not a database"},
		{"a blank line first", "\nDBV 12\n", "not a database"},
		{"ends early", "DBV 12\nMU a b c\n", "too early"},
		{"damaged", "DBV 12\nm\x00\xffu\nDE\n", "damaged"},
		{"a long line", "DBV 12\nMU " + strings.Repeat("x", maxLine), "too long"},
	} {
		if _, err := Read(strings.NewReader(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	n, err := Read(strings.NewReader("DBV 12\nMU\nMDU\nMN\nMC\nMDC\nCA\nMDA\nKL\nXL\nQL\nHO\nHR\nGACL\nME\nMCFP\nSO\nBOT\nSI\nNEW x\nDE\n"))
	if err != nil || len(n.Accounts) > 0 || len(n.Channels) > 0 {
		t.Error(n, err)
	}
}

func FuzzRead(f *testing.F) {
	reader.Fuzz(f, []string{fixture}, []byte("DBV 7\nMU a b c 1 1 256\nMC #a 1 1 0 -1 -1 5 k\nCA #a a +F 1 a\nMDA #a:a reason x\nDE\n"))
}
