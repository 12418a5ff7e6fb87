package bunt

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

// TestEphemeral tests that what is ephemeral is never on the disk, in whatever form, also
// when it has been edited and when a late event is put among it, which is on the disk.
func TestEphemeral(t *testing.T) {
	for _, compacted := range []bool{false, true} {
		t.Run(fmt.Sprint("compacted ", compacted), func(t *testing.T) { testEphemeral(t, compacted) })
	}
}

func testEphemeral(t *testing.T, compacted bool) {
	path := filepath.Join(t.TempDir(), "db")
	l := open(t, path, small)
	c := event.NewClock("ua", time.Now)
	var want []string
	say := func(n int, text string) (last *event.Event) {
		for i := range n {
			last = message(c, fmt.Sprint(text, i))
			if err := l.Wait(context.Background(), l.Append("#a", last)); err != nil {
				t.Fatal(err)
			}
		}
		return last
	}
	for i := range 10 {
		want = append(want, fmt.Sprint("#a kept", i))
	}
	say(10, "kept")
	l.SetPolicy("#a", history.Policy{Keep: history.Ephemeral})
	first := say(1, "secret").Stamp
	say(29, "secret")
	late := message(c, "late")
	late.Stamp = event.Stamp{Ticks: first.Ticks + 1, Server: "ub"}
	last := say(1, "secret-at-the-end")
	l.SetPolicy("#a", history.Policy{})
	for i := range 3 { // so many that they are put into the block
		e := *late
		e.Ticks += uint64(i)
		l.Append("#a", &e)
		want = append(want, "#a late")
	}
	for begun := time.Now(); l.Stats().Records > 20 && time.Since(begun) < 10*time.Second; {
		time.Sleep(time.Millisecond) // sealing is the log's own business, of which it tells nobody
	}
	for _, e := range []event.Stamp{first, last.Stamp} {
		if _, err := l.Rewrite("#a", e.ID(), func(e *event.Event) *event.Event {
			changed := *e
			changed.Body = event.MessageSent{Command: "PRIVMSG", Target: "#a", Text: "secret-edited"}
			return &changed
		}); err != nil {
			t.Fatal(err)
		}
	}
	say(10, "after")
	for i := range 10 {
		want = append(want, fmt.Sprint("#a after", i))
	}
	l.SetPolicy("#a", history.Policy{Keep: history.Ephemeral})
	say(3, "secret at last")
	if n := len(contents(t, l)); n != len(want)+34 {
		t.Errorf("%d messages can be read", n)
	}
	if compacted {
		compactNow(t, l)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(path); err != nil || bytes.Contains(data, []byte("secret")) {
		t.Error("what is ephemeral is in the file", err)
	}
	l = open(t, path, small)
	if got := contents(t, l); !slices.Equal(got, want) || l.Damage() != nil {
		t.Errorf("after a restart: %q, want %q", got, want)
	}
}

func compactNow(t testing.TB, l *Log) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := l.Compact(ctx); err != nil {
		t.Fatal(err)
	}
}
