package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

// TestActs: the text of an act takes nothing but who, whom and how.
func TestActs(t *testing.T) {
	names := map[string]bool{}
	for _, a := range All() {
		if names[a.Name] {
			t.Errorf("two acts are called %s", a.Name)
		}
		names[a.Name] = true
		if text := a.Said(Entry{Source: "WHO", Target: "WHOM", Detail: "HOW"}).String(); strings.Contains(text, "%!") || !strings.Contains(text, "WHO") {
			t.Errorf("%s: %s", a.Name, text)
		}
	}
}

func TestEntry(t *testing.T) {
	at := time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)
	for want, e := range map[string]Entry{
		"2026-02-03 04:05:06 alice (admin) kill bob: spam": {Time: at, Act: "kill", Oper: "admin", Source: "alice!a@b", Target: "bob", Detail: "spam"},
		"2026-02-03 04:05:06 the API rehash":               {Time: at, Act: "rehash", Source: "the API"},
	} {
		if got := e.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// a flaky store cannot be written while it is down.
type flaky struct {
	store.Store
	down  atomic.Bool
	tried atomic.Int32
}

func (f *flaky) Put(ctx context.Context, shelf, key string, value []byte, rev uint64) (uint64, error) {
	f.tried.Add(1)
	if f.down.Load() {
		return 0, store.ErrUnavailable
	}
	return f.Store.Put(ctx, shelf, key, value, rev)
}

func entry(i int) Entry {
	return Entry{ID: fmt.Sprintf("%08d", i), Act: "kill", Source: "alice!a@b", Target: fmt.Sprint("u", i)}
}

func targets(l *Log) string {
	var b strings.Builder
	for _, e := range l.Last(100, func(Entry) bool { return true }) {
		b.WriteString(e.Target + " ")
	}
	return b.String()
}

func TestLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st, err := bunt.Open(bunt.Memory)
		if err != nil {
			t.Fatal(err)
		}
		var said bytes.Buffer
		open := func(s store.Store) *Log {
			l, err := Open(t.Context(), s, 3, slog.New(slog.NewTextHandler(&said, nil)))
			if err != nil {
				t.Fatal(err)
			}
			return l
		}
		f := &flaky{Store: st}
		here, there := open(f), open(st)
		for i := range 5 {
			here.Add(entry(i))
		}
		synctest.Wait()
		for _, l := range []*Log{here, there} {
			if got := targets(l); got != "u4 u3 u2 " {
				t.Errorf("after five: %s", got)
			}
		}
		if got := here.Last(1, func(e Entry) bool { return e.Target == "u3" }); len(got) != 1 || got[0].ID != entry(3).ID {
			t.Errorf("found: %v", got)
		}

		// What cannot be stored is when it can.
		f.down.Store(true)
		here.Add(entry(5))
		here.Add(entry(6))
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := targets(there); got != "u4 u3 u2 " {
			t.Errorf("without the store: %s", got)
		}
		if n := strings.Count(said.String(), "cannot be stored now"); n != 1 {
			t.Errorf("said %d times", n)
		}
		f.down.Store(false)
		time.Sleep(again)
		synctest.Wait()
		if got := targets(there); got != "u6 u5 u4 " {
			t.Errorf("with the store again: %s", got)
		}

		// It is there after a restart, and closing waits.
		here.Add(entry(7))
		here.Close()
		if got := targets(there); got != "u7 u6 u5 " {
			t.Errorf("after closing: %s", got)
		}
		here.Add(entry(8)) // too late
		f.down.Store(true)
		late := open(f)
		late.Add(entry(9))
		late.Close() // does not wait for ever
		there.Close()
		next := open(st)
		if got := targets(next); got != "u7 u6 u5 " {
			t.Errorf("in another log: %s", got)
		}
		next.Close()
		if err := st.Close(); err != nil || errors.Is(err, store.ErrUnavailable) {
			t.Error(err)
		}
		time.Sleep(2 * time.Second) // until the last goroutine of the store has ended
	})
}
