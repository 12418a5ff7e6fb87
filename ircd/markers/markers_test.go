package markers

import (
	"log/slog"
	"net"
	"testing"
	"testing/synctest"
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

// start starts a server with a store that others may share.
func start(t *testing.T, st store.Store) (*Keeper, *network.Network) {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	w := state.New(casemap.ASCII, modes.Channel(), 10)
	n := network.New(config.Default(), w, event.NewClock("uirc0000", time.Now), log)
	k, err := Open(t.Context(), n, st, log)
	if err != nil {
		t.Fatal(err)
	}
	return k, n
}

func connect(t *testing.T, n *network.Network, nick, account string) network.Actor {
	t.Helper()
	ours, theirs := net.Pipe()
	t.Cleanup(func() { ours.Close(); theirs.Close() })
	s := session.New(theirs, session.Options{})
	u, err := n.Connect(s, network.Newcomer{Nick: nick, Ident: nick, Host: "host", Account: account})
	if err != nil {
		t.Fatal(err)
	}
	return network.Actor{User: u, Session: s}
}

func mark(t *testing.T, n *network.Network, by network.Actor, target string, at time.Time) {
	t.Helper()
	if err := n.MarkRead(by, target, at); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T) store.Store {
	t.Helper()
	st, err := bunt.Open(bunt.Memory)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// done ends a store in a bubble, in which BuntDB takes a moment.
func done(st store.Store) {
	_ = st.Close()
	time.Sleep(2 * time.Second)
}

// TestRestart tests that markers survive, those of guests excepted.
func TestRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st, at := open(t), time.Now().Add(-time.Hour).UTC()
		k, n := start(t, st)
		alice, guest := connect(t, n, "alice", "Alice"), connect(t, n, "guest", "")
		mark(t, n, alice, "#Tea", at)
		mark(t, n, alice, "bob", at.Add(time.Minute))
		mark(t, n, guest, "#tea", at)
		if err := k.Close(); err != nil {
			t.Fatal(err)
		}

		k, n = start(t, st)
		alice = connect(t, n, "alice", "alice")
		if got := n.ReadMarker(alice.User, "#tea"); !got.Equal(at) {
			t.Errorf("the marker of #tea is %v, not %v", got, at)
		}
		if got := n.ReadMarker(alice.User, "BOB"); !got.Equal(at.Add(time.Minute)) {
			t.Errorf("the marker of bob is %v", got)
		}
		count := 0
		err := st.List(t.Context(), store.Markers, "", func(store.Record) bool { count++; return true })
		if err != nil || count != 1 {
			t.Errorf("%d records, %v", count, err)
		}

		// With the account they are gone for good.
		k.Forget("ALICE")
		if err := k.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := st.Get(t.Context(), store.Markers, "alice"); err == nil {
			t.Error("the markers are still there")
		}
		_, n = start(t, st)
		if got := n.ReadMarker(connect(t, n, "alice", "alice").User, "#tea"); !got.IsZero() {
			t.Errorf("who registers the name afterwards has read #tea up to %v", got)
		}
		done(st)
	})
}

// TestWithin tests that a change is written within a second, without the server
// being stopped.
func TestWithin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := open(t)
		k, n := start(t, st)
		go k.Run(t.Context())
		mark(t, n, connect(t, n, "alice", "alice"), "#tea", time.Now())
		time.Sleep(within + time.Millisecond)
		synctest.Wait()
		if _, err := st.Get(t.Context(), store.Markers, "alice"); err != nil {
			t.Error(err)
		}
		done(st)
	})
}

// TestShared tests that two servers with one store do not undo each other's markers.
func TestShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st, at := open(t), time.Now().UTC()
		east, n := start(t, st)
		west, m := start(t, st)
		alice, phone := connect(t, n, "alice", "alice"), connect(t, m, "alice", "alice")
		mark(t, n, alice, "#tea", at)
		mark(t, m, phone, "#cake", at)
		mark(t, m, phone, "#tea", at.Add(-time.Hour))
		for _, k := range []*Keeper{east, west, east} {
			if err := k.keep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		for _, got := range []time.Time{n.ReadMarker(alice.User, "#cake"), m.ReadMarker(phone.User, "#tea")} {
			if !got.Equal(at) {
				t.Errorf("a server has %v, not %v", got, at)
			}
		}
		done(st)
	})
}
