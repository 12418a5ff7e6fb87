package chanreg

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

// A scene is a channel of one server.
type scene struct {
	*Service
	ch    *state.Channel
	clock *event.Clock
}

func newScene(t *testing.T, st store.Store, server string) *scene {
	w := state.New(casemap.ASCII, modes.Channel(), 0)
	w.Linked = true
	x := &scene{Service: open(t, st), clock: event.NewClock(server, time.Now)}
	x.Linked = true
	_ = w.Update(func(tx *state.Tx) error {
		x.ch, _ = tx.Open("#tea")
		return x.ch.Update(func(cx state.ChannelTx) error {
			tx.Restore(cx, event.Stamp{Ticks: 1, Server: "s"})
			cx.Merge(fact(cx, x.clock.Stamp(), event.Mode, "r", "", false))
			return nil
		})
	})
	return x
}

func fact(cx state.ChannelTx, at event.Stamp, kind event.Kind, a, b string, gone bool) event.Fact {
	return event.Fact{Key: cx.Key(kind, a, b), Value: event.Value{At: at, Text: "", Gone: gone}}
}

func (x *scene) mode(t *testing.T, letter string, on bool) error {
	t.Helper()
	_ = x.ch.Update(func(cx state.ChannelTx) error {
		cx.Merge(fact(cx, x.clock.Stamp(), event.Mode, letter, "", !on))
		return nil
	})
	return x.Kept(t.Context(), x.Mark(x.ch, ""))
}

// kept returns the letters of the modes in the record.
func (x *scene) kept() string {
	var set modes.Set
	for _, f := range x.Lookup("#tea").Facts {
		if f.Kind == event.Mode && !f.Gone {
			set = set.With(f.A[0], true)
		}
	}
	return set.String()
}

// TestKeepTogether lets two servers keep what each knows of the same channel, before
// they have heard of each other's changes.
func TestKeepTogether(t *testing.T) {
	st := openStore(t)
	east, west := newScene(t, st, "east"), newScene(t, st, "west")
	register(t, east.Service, "#tea", "alice")
	for _, step := range []struct {
		at     *scene
		letter string
		on     bool
		want   string
	}{
		{east, "m", true, "mr"},
		{west, "s", true, "msr"},
		{east, "m", false, "rs"},
		{west, "i", true, "irs"},
	} {
		if err := step.at.mode(t, step.letter, step.on); err != nil {
			t.Fatal(err)
		}
		if got := step.at.kept(); got != modes.Of(step.want).String() {
			t.Errorf("after %s is %v, %q is kept, want %q", step.letter, step.on, got, step.want)
		}
	}
}

// A failing store fails when it is told to.
type failing struct {
	store.Store
	mu   sync.Mutex
	down bool
	puts int
}

func (f *failing) set(down bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.down = down
}

func (f *failing) Put(ctx context.Context, shelf, key string, value []byte, rev uint64) (uint64, error) {
	f.mu.Lock()
	down := f.down
	f.puts++
	f.mu.Unlock()
	if down {
		return 0, store.ErrUnavailable
	}
	return f.Store.Put(ctx, shelf, key, value, rev)
}

// TestKeepLater tests that who waits is told that something could not be stored, and
// that it is stored later.
func TestKeepLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inner, err := bunt.Open(bunt.Memory)
		if err != nil {
			t.Fatal(err)
		}
		st := &failing{Store: inner}
		x := newScene(t, st, "east")
		register(t, x.Service, "#tea", "alice")
		st.set(true)
		if err := x.mode(t, "m", true); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("what cannot be stored is acknowledged: %v", err)
		}
		st.set(false)
		if err := x.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := x.kept(); !strings.Contains(got, "m") {
			t.Errorf("%q is kept", got)
		}
		x.Close()
		_ = inner.Close()
		time.Sleep(2 * time.Second) // until the last goroutine of BuntDB has ended
	})
}

// TestCoalesce tests that many changes are few writes.
func TestCoalesce(t *testing.T) {
	st := &failing{Store: openStore(t)}
	x := newScene(t, st, "east")
	register(t, x.Service, "#tea", "alice")
	_ = x.ch.Update(func(state.ChannelTx) error { // nothing can be kept meanwhile
		for range 1000 {
			x.Mark(x.ch, "")
		}
		return nil
	})
	if err := x.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if st.puts > 10 {
		t.Errorf("%d writes", st.puts)
	}
}
