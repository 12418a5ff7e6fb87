package profiles

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

var ctx = context.Background()

func open(t *testing.T) (*Keeper, *time.Time) {
	st, err := bunt.Open(bunt.Memory)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	since := time.Now()
	return &Keeper{Store: st, Owner: func(account string) (time.Time, bool) { return since, account != "nobody" }}, &since
}

func is(t *testing.T, k *Keeper, account, want string) {
	t.Helper()
	m, err := k.Load(ctx, account)
	if got := fmt.Sprint(m); err != nil || got != want {
		t.Errorf("%s has %s, want %s (%v)", account, got, want, err)
	}
}

func TestKeeper(t *testing.T) {
	k, since := open(t)
	save := func(c Change) {
		t.Helper()
		if err := k.Save(ctx, "alice", c, 2); err != nil {
			t.Error(err)
		}
	}
	is(t, k, "alice", "[]")
	save(Change{Remove: []string{"a"}})
	save(Change{Set: state.Metadata{{Key: "b", Value: "1"}, {Key: "a", Value: "2"}, {Key: "c", Value: "3"}}})
	is(t, k, "alice", "[{a 2} {b 1}]")
	save(Change{Set: state.Metadata{{Key: "b", Value: "x"}}, Remove: []string{"a", "none"}})
	is(t, k, "alice", "[{b x}]")
	again := &Keeper{Store: k.Store, Owner: k.Owner}
	is(t, again, "alice", "[{b x}]")

	// Another account of the name has none of it, and keeps its own.
	*since = since.Add(time.Hour)
	is(t, k, "alice", "[]")
	save(Change{Set: state.Metadata{{Key: "d", Value: "y"}}})
	is(t, k, "alice", "[{d y}]")
	save(Change{Remove: []string{"d"}})
	is(t, k, "alice", "[]")
	if _, err := k.Load(ctx, "nobody"); !errors.Is(err, ErrNoOwner) {
		t.Error(err)
	}
	if err := k.Save(ctx, "nobody", Change{Set: state.Metadata{{Key: "a", Value: "b"}}}, 2); !errors.Is(err, ErrNoOwner) {
		t.Error(err)
	}
}

// TestTogether: what several servers change at the same time is all kept.
func TestTogether(t *testing.T) {
	k, _ := open(t)
	done := make(chan error)
	for i := range 8 {
		go func() {
			done <- k.Save(ctx, "alice", Change{Set: state.Metadata{{Key: fmt.Sprint(i), Value: "x"}}}, 100)
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	is(t, k, "alice", "[{0 x} {1 x} {2 x} {3 x} {4 x} {5 x} {6 x} {7 x}]")
}
