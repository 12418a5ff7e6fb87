package alwayson

import (
	"context"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/session"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

// A life is a server from its start to its end.
type life struct {
	*Keeper
	t *testing.T
}

func start(t *testing.T, st store.Store, wants func(string) bool) life {
	t.Helper()
	c := config.Default()
	c.Server.Name = "irc.example.org"
	w := state.New(casemap.ASCII, modes.Channel(), 10)
	n := network.New(c, w, event.NewClock("uirc0000", time.Now), slog.New(slog.DiscardHandler))
	k := &Keeper{Network: n, Store: st, Wants: wants, Log: slog.New(slog.DiscardHandler)}
	if err := k.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	return life{k, t}
}

func (l life) connect(nick string) network.Actor {
	l.t.Helper()
	ours, theirs := net.Pipe()
	go func() { _, _ = ours.Read(make([]byte, 1)) }()
	l.t.Cleanup(func() { ours.Close(); theirs.Close() })
	s := session.New(theirs, session.Options{})
	u, err := l.Network.Connect(s, network.Newcomer{Nick: nick, Ident: nick, Host: "host", Account: nick})
	if err != nil {
		l.t.Fatal(err)
	}
	return network.Actor{User: u, Session: s}
}

func (l life) join(by network.Actor, channel string) *state.Channel {
	l.t.Helper()
	ch, _, err := l.Network.Join(by, channel, "", false)
	if err != nil {
		l.t.Fatal(err)
	}
	return ch
}

func memory(t *testing.T) store.Store {
	st, err := bunt.Open(bunt.Memory)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	return st
}

func everybody(string) bool { return true }

// TestSurvives: what a resident is, and where, is so again after a restart; who is
// only connected is gone.
func TestSurvives(t *testing.T) {
	st := memory(t)
	first := start(t, st, everybody)
	alice, bob := first.connect("alice"), first.connect("bob")
	first.Network.Stay(alice.User, true, "")
	tea := first.join(alice, "#tea")
	first.join(bob, "#tea")
	coffee := first.join(bob, "#coffee")
	first.join(alice, "#coffee")
	first.Network.SetTopic(alice, tea, "green", true)
	first.Network.SetAway(alice, "asleep")
	first.Network.ChangeUserModes(alice, alice.User, []modes.Change{{Mode: first.Network.UserModes.ByLetter('i'), Add: true}})
	first.Network.Remember(alice, event.Silence, "carol!*@*", true)
	first.Network.Detach(alice, "Quit")
	first.Network.Detach(bob, "Quit")
	if err := first.Save(); err != nil {
		t.Fatal(err)
	}

	second := start(t, st, everybody)
	w := second.Network.World
	if w.User("bob") != nil {
		t.Error("bob, who is not always on, is back")
	}
	u := w.User("alice")
	if u == nil {
		t.Fatal("alice is not back")
	}
	id := u.Identity()
	if u.UID() != alice.UID() || id.Account != "alice" || id.Away != "asleep" || !id.Modes.Has('i') || len(id.Silence) != 1 {
		t.Errorf("alice is back as %+v", id)
	}
	if w.Resident("ALICE") != u || w.Attended(u) || u.Seen().IsZero() {
		t.Error("alice does not stay as before")
	}
	prefix := map[string]string{}
	for _, m := range u.Memberships() {
		prefix[m.Channel.Name()] = m.Prefixes()
	}
	if len(prefix) != 2 || prefix["#tea"] != "@" || prefix["#coffee"] != "" {
		t.Errorf("alice is back in %v", prefix)
	}
	again := w.Channel("#tea")
	again.View(func(v state.View) {
		if v.Topic().Text != "green" || !again.Has(modes.NoExternal) {
			t.Errorf("#tea has the topic %q and the modes %v", v.Topic().Text, v.Modes(true))
		}
		tea.View(func(before state.View) {
			if !v.Created().Equal(before.Created()) {
				t.Error("#tea is another channel of that name")
			}
		})
	})
	if w.Channel("#coffee") == nil || coffee.Name() != "#coffee" {
		t.Error("#coffee is gone, although alice is in it")
	}
	if now := second.join(second.connect("carol"), "#tea"); now != again {
		t.Error("carol joins another #tea")
	}
}

// TestGoes: who does not want to stay any more, or may not, does not come back.
func TestGoes(t *testing.T) {
	st := memory(t)
	first := start(t, st, everybody)
	for _, nick := range []string{"alice", "bob", "carol"} {
		first.Network.Stay(first.connect(nick).User, true, "")
	}
	if err := first.Save(); err != nil {
		t.Fatal(err)
	}
	alice := first.Network.World.User("alice")
	first.Network.Stay(alice, false, "")
	if err := first.Save(); err != nil {
		t.Fatal(err)
	}
	second := start(t, st, func(account string) bool { return account == "carol" })
	if n := len(second.Network.World.Users()); n != 1 || second.Network.World.User("carol") == nil {
		t.Errorf("%d users are back, want carol", n)
	}
	if left := keys(t, st); left != "carol" {
		t.Errorf("records are left of %q, want carol", left)
	}
	second.Wants = func(string) bool { return false }
	if err := second.Save(); err != nil {
		t.Fatal(err)
	}
	if second.Network.World.User("carol") != nil {
		t.Error("carol stays, although that is not wanted any more")
	}
	if err := second.Save(); err != nil {
		t.Fatal(err)
	}
	if left := keys(t, st); left != "" {
		t.Errorf("records are left of %q", left)
	}
}

// TestDamaged: a record that cannot be read does not keep the server from starting.
func TestDamaged(t *testing.T) {
	st := memory(t)
	if _, err := st.Put(t.Context(), store.Residents, "alice", []byte("nonsense"), 0); err != nil {
		t.Fatal(err)
	}
	if l := start(t, st, everybody); len(l.Network.World.Users()) != 0 {
		t.Error("somebody is back")
	}
}

// TestOnlyWhatChanged: nothing is written while nothing changes.
func TestOnlyWhatChanged(t *testing.T) {
	st := memory(t)
	l := start(t, st, everybody)
	alice := l.connect("alice")
	l.Network.Stay(alice.User, true, "")
	writes := 0
	cancel, err := st.Watch(t.Context(), store.Residents, func(store.Change) { writes++ })
	if err != nil {
		t.Fatal(err)
	}
	defer cancel()
	for _, step := range []struct {
		what string
		do   func()
		want int
	}{
		{"the first look", func() {}, 1},
		{"nothing", func() {}, 0},
		{"a join", func() { l.join(alice, "#tea") }, 1},
		{"a nick", func() { _ = l.Network.ChangeNick(alice, "ally", false) }, 1},
		{"a status", func() {
			voice := modes.Change{Mode: l.Network.World.Modes.ByLetter('v'), Param: "ally", Add: true}
			l.Network.ChangeModes(network.Actor{}, l.Network.World.Channel("#tea"), []modes.Change{voice}, true)
		}, 1},
		{"nothing", func() {}, 0},
	} {
		writes = 0
		step.do()
		if err := l.keep(context.Background(), false); err != nil {
			t.Fatal(err)
		}
		if writes != step.want {
			t.Errorf("%s: %d writes, want %d", step.what, writes, step.want)
		}
	}
}

func keys(t *testing.T, st store.Store) string {
	var all []string
	err := st.List(t.Context(), store.Residents, "", func(r store.Record) bool {
		all = append(all, r.Key)
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}
