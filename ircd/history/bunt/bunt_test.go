package bunt

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/history/historytest"
)

func open(t testing.TB, path string, o Options) *Log {
	t.Helper()
	l, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func TestLog(t *testing.T) {
	historytest.Test(t, func(t testing.TB, o history.Options) history.Log {
		return open(t, filepath.Join(t.TempDir(), "db"), Options{Options: o, Window: -1})
	})
}

func TestRelaxed(t *testing.T) {
	historytest.Test(t, func(t testing.TB, o history.Options) history.Log {
		return open(t, filepath.Join(t.TempDir(), "db"), Options{Options: o, Window: -1, Relaxed: true})
	})
}

// TestDurable compares with the model a log that is closed and opened again, now and then.
func TestDurable(t *testing.T) {
	historytest.TestModel(t, func(t testing.TB) historytest.Opener {
		path := filepath.Join(t.TempDir(), fmt.Sprint(time.Now().UnixNano()))
		return func(t testing.TB, o history.Options) history.Log {
			l := open(t, path, Options{Options: o, Window: -1})
			if l.Damage() != nil {
				t.Error(l.Damage())
			}
			return l
		}
	}, true)
}

// TestBubble tests that a log can be used with fake time, and that it waits no longer
// than the window.
func TestBubble(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	synctest.Test(t, func(t *testing.T) {
		l, err := Open(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		c := event.NewClock("ua", time.Now)
		for range 10 {
			begun := time.Now()
			if err := l.Wait(context.Background(), l.Append("#c", message(c, "x"))); err != nil {
				t.Fatal(err)
			}
			if d := time.Since(begun); d > 5*time.Millisecond {
				t.Errorf("waited %v", d)
			}
		}
		l.Close()
		time.Sleep(2 * time.Second) // a goroutine of BuntDB
	})
}

func message(c *event.Clock, text string) *event.Event {
	return &event.Event{
		Stamp: c.Stamp(), Source: "alice!a@host.example", Account: "alice",
		Body: event.MessageSent{Command: "PRIVMSG", Target: "#c", Text: text},
	}
}

func TestMode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	open(t, path, Options{}).Close()
	for _, name := range []string{path, path + ".manifest"} {
		if fi, err := os.Stat(name); err != nil || fi.Mode() != 0o600 {
			t.Errorf("%s: %v, %v", name, fi.Mode(), err)
		}
	}
}
