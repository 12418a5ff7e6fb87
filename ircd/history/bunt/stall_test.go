package bunt

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tidwall/buntdb"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

// TestNothingWaits holds the database, and with it the writer, and tests that everything but
// Wait goes on.
func TestNothingWaits(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "db"), small)
	c := event.NewClock("ua", time.Now)
	held, release := make(chan struct{}), make(chan struct{})
	done := make(chan error)
	go func() {
		done <- l.writer.db.View(func(*buntdb.Tx) error {
			close(held)
			<-release
			return nil
		})
	}()
	<-held
	var last *event.Event
	var ticket history.Ticket
	for i := range 500 {
		last = message(c, fmt.Sprint(i))
		ticket = l.Append("#c", last)
	}
	if n := count(t, l); n != 500 {
		t.Errorf("%d messages", n)
	}
	if _, err := l.Rewrite("#c", last.ID(), func(e *event.Event) *event.Event { return e }); err != nil {
		t.Error(err)
	}
	l.Drop("#none")
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if err := l.Wait(ctx, ticket); err != context.DeadlineExceeded {
		t.Errorf("Wait: %v", err)
	}
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := l.Wait(context.Background(), ticket); err != nil {
		t.Error(err)
	}
}

// TestCompaction tests that a file that has grown is written anew when nobody writes, that
// somebody who reads and writes meanwhile is not disturbed, and that what was
// removed is not in it.
func TestCompaction(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	synctest.Test(t, func(t *testing.T) {
		l, err := Open(path, Options{Options: history.Options{Limits: history.Limits{Count: 500}}})
		if err != nil {
			t.Fatal(err)
		}
		c := event.NewClock("ua", time.Now)
		ctx := context.Background()
		var secret *event.Event
		for i := range 60_000 {
			e := message(c, fmt.Sprint("message ", i))
			if i == 59_900 {
				e = message(c, "the-secret")
				secret = e
			}
			// What nobody waits for may be evicted before it is written, and the file stays small.
			if ticket := l.Append("#c", e); i%250 == 0 {
				if err := l.Wait(ctx, ticket); err != nil {
					t.Fatal(err)
				}
			}
		}
		ticket, err := l.Rewrite("#c", secret.ID(), func(e *event.Event) *event.Event {
			changed := *e
			changed.Body = event.MessageSent{Command: "PRIVMSG", Target: "#c", Text: "redacted"}
			return &changed
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Wait(ctx, ticket); err != nil {
			t.Fatal(err)
		}
		before := l.Stats().File
		time.Sleep(time.Minute)
		s := l.Stats()
		if s.Compactions == 0 || s.File > before/5 {
			t.Errorf("the file had %d bytes; %+v", before, s)
		}
		if err := l.Wait(ctx, l.Append("#c", message(c, "after"))); err != nil {
			t.Error(err)
		}
		l.Close()
		time.Sleep(2 * time.Second)
	})
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(data, []byte("the-secret")) {
		t.Error("what was redacted is in the file")
	}
	l := open(t, path, Options{Options: history.Options{Limits: history.Limits{Count: 500}}})
	list, err := l.Query(context.Background(), "#c", history.Latest(history.Point{}, 1000))
	if err != nil || l.Damage() != nil || len(list) != 500 {
		t.Fatalf("%d messages, %v, %v", len(list), err, l.Damage())
	}
	for i, e := range list {
		want := fmt.Sprint("message ", 59_501+i)
		switch i {
		case 399:
			want = "redacted"
		case 499:
			want = "after"
		}
		if got := e.Body.(event.MessageSent).Text; got != want {
			t.Errorf("%d is %q, want %q", i, got, want)
		}
	}
}

// TestAppendLatency measures how long Append and Query take, idle and while blocks are
// made, evicted and compacted all the time.
func TestAppendLatency(t *testing.T) {
	o := Options{Relaxed: true, Options: history.Options{Limits: history.Limits{Count: 2000}, Total: 20 << 20}}
	l := open(t, filepath.Join(t.TempDir(), "db"), o)
	tk := newTalker()
	run := func(n int) (appends, queries []time.Duration) {
		for i := range n {
			channel := i % 50
			e := tk.message(channel)
			begun := time.Now()
			l.Append(name(channel), e)
			appends = append(appends, time.Since(begun))
			if i%10 == 0 {
				begun = time.Now()
				if _, err := l.Query(context.Background(), name(channel), history.Latest(history.Point{}, 50)); err != nil {
					t.Fatal(err)
				}
				queries = append(queries, time.Since(begun))
			}
		}
		return appends, queries
	}
	p := func(list []time.Duration, percent float64) time.Duration {
		slices.Sort(list)
		return list[int(float64(len(list)-1)*percent/100)]
	}
	run(100_000) // full: from now on each block evicts another
	for _, busy := range []bool{false, true} {
		ctx, cancel := context.WithCancel(t.Context())
		var compacting sync.WaitGroup
		if busy {
			compacting.Go(func() {
				for l.Compact(ctx) == nil {
				}
			})
		}
		a, q := run(40_000)
		cancel()
		compacting.Wait()
		t.Logf("compacting %v: Append p50 %v, p99 %v, p99.9 %v; LATEST 50 p50 %v, p99 %v", busy,
			p(a, 50), p(a, 99), p(a, 99.9), p(q, 50), p(q, 99))
		if p(a, 99) > 5*time.Millisecond {
			t.Error("Append takes longer than 5 ms")
		}
	}
	compactNow(t, l) // also the one that was under way
	if s := l.Stats(); s.Evicted == 0 {
		t.Errorf("%+v", s)
	}
}
