package writer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/accounts/foreign"
	"github.com/parley-irc/parley/ircd/accounts/password"
	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/migrate"
	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

var ctx = context.Background()

func newStore(t *testing.T) store.Store {
	t.Helper()
	st, err := bunt.Open(bunt.Memory)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	return st
}

func options(st store.Store) Options {
	return Options{
		Store: st, Config: config.Default(), SID: "uaaaaaaa", Origin: "test",
		Accounts: accounts.Options{Names: casemap.ASCII, Hash: password.Cheap, ScramIterations: 4096},
		Service:  func(name string) bool { return name == "NickServ" },
		Cloak:    func(string) string { return "cloak.ip" },
	}
}

// day returns a day of a year long ago.
func day(n int) time.Time { return time.Date(2010, 1, n, 0, 0, 0, 0, time.UTC) }

func account(t *testing.T, name string, registered time.Time) migrate.Account {
	t.Helper()
	secret, err := foreign.Anope("md5:c8dae1c50e092f3d877192fc555b1dcf")
	if err != nil {
		t.Fatal(err)
	}
	return migrate.Account{Name: name, Registered: registered, Secret: secret}
}

func example(t *testing.T) *migrate.Network {
	n := &migrate.Network{Reserved: []string{"erased", "alice"}}
	alice, bob := account(t, "Alice", day(1)), account(t, "bob", day(2))
	alice.Markers = map[string]time.Time{"#TEA": day(9), "not valid!": day(9)}
	alice.Metadata = map[string]string{"display-name": "Alice", "Not A Key": "x"}
	alice.Stay = &migrate.Stay{Modes: "Bo", Channels: []migrate.Membership{{Channel: "#Tea", Status: "oq", Joined: day(3)}, {Channel: "#lounge"}, {Channel: "lounge"}}}
	bob.SecretErr, bob.Secret = &foreign.UnsupportedError{Form: "argon2d"}, foreign.Secret{}
	bob.Nicks = []string{"a1ice", "robert"}
	alice.Host, bob.Host = &migrate.Host{Host: "tea.example", By: "admin", Off: true}, &migrate.Host{Host: "192.0.2.1"}
	n.Accounts = []migrate.Account{
		account(t, "a1ice", day(4)), alice, bob, account(t, "NickServ", day(5)), account(t, "bad nick", day(6)),
	}
	n.Channels = []migrate.Channel{
		{
			Name: "#Tea", Founder: "alice", Registered: day(3), Topic: migrate.Topic{Text: "green", By: "alice!a@b", Set: day(4)},
			Modes:    []migrate.Mode{{Letter: 'n'}, {Letter: 'k', Param: "leaves"}, {Letter: 'r'}, {Letter: 'o', Param: "x"}, {Letter: 'W'}},
			Lock:     []migrate.Mode{{Letter: 't'}, {Letter: 's', Off: true}, {Letter: 'l', Param: "30"}},
			Lists:    []migrate.Entry{{Letter: 'b', Mask: "*!*@spam.example", Set: day(4)}, {Letter: 'b', Mask: "m:*!*@loud.example"}, {Letter: 'b', Mask: "Q:nonsense"}},
			Access:   []migrate.Access{{Account: "BOB", Flags: "AOP"}, {Account: "bob", Flags: "s"}, {Account: "nobody", Flags: "VOP"}, {Account: "alice", Flags: "VOP"}, {Account: "#inherited", Flags: "VOP"}, {Account: "#orphan", Flags: "VOP"}, {Account: "#TEA\x07", Flags: "VOP"}},
			Akicks:   []migrate.Akick{{Mask: "*!*@rude.example", Reason: "rude"}},
			Settings: map[string]string{"entrymsg": "Welcome", "url": "javascript:x", "keeptopic": "off"},
		},
		{Name: "#t3a", Founder: "bob", Registered: day(5)}, // which need not look like #tea
		{Name: "#tea\x07", Founder: "bob", Registered: day(5)},
		{Name: "#orphan", Founder: "a1ice", Registered: day(6)},
		{Name: "#inherited", Founder: "a1ice", Successor: "bob", Registered: day(6)},
		{Name: "#warez", Forbidden: &migrate.Ruling{By: "admin", Since: day(1)}},
	}
	n.Offers = []migrate.Host{{Host: "$account.users.example", By: "admin", Since: day(1)}, {Host: "192.0.2.$account"}, {Host: "192.0.2.1"}}
	n.Bans = []migrate.Ban{
		{Action: "ban", Target: "203.0.113.0/24", Reason: "proxies", By: "admin", Set: day(1)},
		{Action: "ban", Target: "*!*@*", By: "admin"},
		{Action: "ban", Target: "*!*@over.example", Set: day(1), Until: day(2)},
		{Action: "ban", Target: "Q:nonsense", By: "admin"},
	}
	return n
}

// said returns the notes as text.
func said(r Report) string {
	var lines []string
	for _, n := range r.Notes {
		lines = append(lines, n.Kind+" "+n.Name+": "+n.Why)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func counts(r Report) string {
	var words []string
	for _, c := range r.Kinds {
		words = append(words, fmt.Sprintf("%s %d/%d/%d", c.Kind, c.Added, c.There, c.Found))
	}
	return strings.Join(words, ", ")
}

func TestWrite(t *testing.T) {
	st := newStore(t)
	done := 0
	o := options(st)
	o.Progress = func(n, all int) {
		if done++; n != done || n > all {
			t.Errorf("%d of %d", n, all)
		}
	}
	r, err := Write(ctx, example(t), o)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := counts(r), "accounts 2/0/5, reserved names 1/1/2, channels 4/0/6, users who stay 1/0/1, bans 1/0/3, hosts that are offered 2/0/3"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	for _, want := range []string{
		"account NickServ: the name is reserved",
		"account a1ice: the name looks like one that is taken: Alice",
		"account bad nick: that is not a valid account name",
		"account bob: without the nick a1ice: the name looks like one that is taken: Alice",
		"host bob: 192.0.2.1: it looks like an address",
		"password bob: the password is kept as argon2d, which cannot be checked here; an operator gives one to its owner (NS SAPASSWD)",
		"channel #Tea: without mode +W, which there is not here",
		"channel #Tea: without mode +o x, which there is not here",
		"channel #Tea: without the access of nobody, who has no account here",
		"channel #Tea: without the access of those of #orphan, which is not registered here",
		"channel #Tea: without the access of those of #TEA, which is not registered here",
		"channel #inherited: its founder a1ice has no account here: its successor bob is founder",
		"channel #orphan: its founder has no account here: a1ice",
		"channel #tea: that is not a valid channel name",
		"channel lounge: Alice is not in it any more",
		"ban *!*@*: it is about too many",
		"ban Q:nonsense: ",
	} {
		if !strings.Contains("\n"+said(r), "\n"+want) {
			t.Errorf("it does not say %q", want)
		}
	}
	if t.Failed() {
		t.Log(said(r))
	}
	looksRight(t, st)
	if done != 5*2+2+6+4+3 {
		t.Errorf("%d steps", done)
	}

	// Again, nothing changes.
	before := all(t, st)
	r, err = Write(ctx, example(t), options(st))
	if got, want := counts(r), "accounts 0/2/5, reserved names 0/2/2, channels 0/4/6, users who stay 0/1/1, bans 0/1/3, hosts that are offered 0/2/3"; err != nil || got != want {
		t.Errorf("%v %s\nwant %s", err, got, want)
	}
	if !slices.Equal(all(t, st), before) {
		t.Error("a second import has changed something")
	}
}

// all returns all records.
func all(t *testing.T, st store.Store) (lines []string) {
	t.Helper()
	for _, shelf := range store.Shelves {
		if err := st.List(ctx, shelf, "", func(r store.Record) bool {
			lines = append(lines, fmt.Sprintf("%s/%s %s", shelf, r.Key, r.Value))
			return true
		}); err != nil {
			t.Fatal(err)
		}
	}
	return lines
}

func looksRight(t *testing.T, st store.Store) {
	t.Helper()
	ch, err := chanreg.Open(ctx, st, casemap.ASCII, slog.Default())
	if err != nil {
		t.Fatal(err)
	}
	defer ch.Close()
	tea := ch.Lookup("#tea")
	if tea == nil || tea.Name != "#Tea" || tea.Founder != "Alice" || !tea.Created.Equal(day(3)) || !tea.Incarnation.Time().Equal(day(3)) || time.Since(tea.LastUsed()) > time.Hour {
		t.Fatalf("%+v", tea)
	}
	if g := tea.Access["bob"]; g.Account != "bob" || g.Flags != "Ohikorstv" || len(tea.Access) != 2 || tea.Access["#inherited"].Flags != "V" {
		t.Errorf("%+v", tea.Access)
	}
	if got := fmt.Sprint(tea.Settings); got != "map[entrymsg:Welcome keeptopic:off mlock:+tl-s 30]" {
		t.Error(got)
	}
	if len(tea.Akicks) != 1 || tea.Akicks[0].Reason != "rude" {
		t.Error(tea.Akicks)
	}
	var facts []string
	for _, f := range tea.Facts {
		facts = append(facts, strings.TrimSpace(f.A+" "+f.B))
		if f.Scope != "#tea" || f.Incarnation != tea.Incarnation {
			t.Errorf("%+v", f)
		}
	}
	if got := strings.Join(facts, ","); got != ",n,k,t,l,b *!*@spam.example,b m:*!*@loud.example" {
		t.Error(got)
	}
	if in := ch.Lookup("#inherited"); in.Founder != "bob" {
		t.Errorf("%+v", in)
	}
	if w := ch.Lookup("#warez"); w.Forbidden == nil || w.Registered() {
		t.Errorf("%+v", w)
	}
	b, err := bans.Open(ctx, st, casemap.ASCII, "u", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if l := b.List(); len(l) != 1 || l[0].By != "admin" || !l[0].Set.Equal(day(1)) {
		t.Errorf("%+v", l)
	}
	if v, err := st.Get(ctx, store.VHosts, "alice"); err != nil || !strings.Contains(string(v.Value), `"host":"tea.example","off":true,"by":"admin"`) {
		t.Errorf("%s, %v", v.Value, err)
	}
	if _, err := st.Get(ctx, store.VHosts, "bob"); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
	r, err := st.Get(ctx, store.Markers, "alice")
	if err != nil || !strings.Contains(string(r.Value), `"#tea":1262995200000`) || strings.Contains(string(r.Value), "valid") {
		t.Errorf("%s %v", r.Value, err)
	}
}

// TestTakesNothing: who is here keeps all, and what belonged to a namesake there does not
// become theirs.
func TestTakesNothing(t *testing.T) {
	st := newStore(t)
	o := options(st)
	s, err := accounts.Open(ctx, st, o.Accounts)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Register(ctx, accounts.Registration{Name: "alice", Password: "simsim"}); err != nil {
		t.Fatal(err)
	}
	s.Close()
	ch, err := chanreg.Open(ctx, st, casemap.ASCII, slog.Default())
	if err != nil {
		t.Fatal(err)
	}
	if err := ch.Register(ctx, "alice", chanreg.Look{Name: "#inherited"}, 0, day(20)); err != nil {
		t.Fatal(err)
	}
	ch.Close()
	before := all(t, st)
	r, err := Write(ctx, example(t), o)
	if err != nil {
		t.Fatal(err)
	}
	after := all(t, st)
	for _, line := range before {
		if !slices.Contains(after, line) {
			t.Errorf("%s is not there any more", line)
		}
	}
	for _, want := range []string{
		"account Alice: the name is taken", "channel #Tea: its founder has no account here: alice", "channel #inherited: the channel is registered already",
	} {
		if !strings.Contains("\n"+said(r), "\n"+want) {
			t.Errorf("it does not say %q:\n%s", want, said(r))
		}
	}
	if _, err := st.Get(ctx, store.Residents, "alice"); !errors.Is(err, store.ErrNotFound) {
		t.Error("the namesake stays")
	}
}

var errFull = errors.New("the disk is full")

// TestScratch: trying an import leaves the records alone.
func TestScratch(t *testing.T) {
	st := newStore(t)
	if _, err := Write(ctx, example(t), options(st)); err != nil {
		t.Fatal(err)
	}
	before := all(t, st)
	copied, err := Scratch(ctx, st)
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	if !slices.Equal(all(t, copied), before) {
		t.Error("the copy is not the same")
	}
	n := example(t)
	n.Accounts = append(n.Accounts, account(t, "carol", day(7)))
	if r, err := Write(ctx, n, options(copied)); err != nil || !strings.HasPrefix(counts(r), "accounts 1/2/6") {
		t.Error(err, counts(r))
	}
	if !slices.Equal(all(t, st), before) {
		t.Error("trying has changed something")
	}
}
