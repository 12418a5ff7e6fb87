// Package historytest is the conformance test of implementations of history.Log.
//
// Whether history is kept in memory or on disk is the operator's choice, which
// users must not notice; so the contract is kept here, as tests.
package historytest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

// An Opener returns an empty log. The test closes it.
type Opener func(t testing.TB, o history.Options) history.Log

// Test tests the logs that open returns.
func Test(t *testing.T, open Opener) {
	for _, tt := range []struct {
		name string
		test func(*testing.T, *world)
	}{
		{"Queries", testQueries},
		{"Around", testAround},
		{"Order", testOrder},
		{"Kinds", testKinds},
		{"Bodies", testBodies},
		{"Find", testFind},
		{"Related", testRelated},
		{"Rewrite", testRewrite},
		{"Drop", testDrop},
		{"DropAuthor", testDropAuthor},
		{"Rename", testRename},
		{"Late", testLate},
		{"Keep", testKeep},
		{"Count", testCount},
		{"Age", testAge},
		{"Bytes", testBytes},
		{"Total", testTotal},
		{"Targets", testTargets},
		{"Search", testSearch},
		{"SearchPages", testSearchPages},
		{"Each", testEach},
		{"Race", testRace},
		{"Context", testContext},
		{"Close", testClose},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, open)
			defer w.log.Close()
			tt.test(t, w)
		})
	}
	t.Run("Model", func(t *testing.T) { TestModel(t, func(testing.TB) Opener { return open }, false) })
}

// A world is a log with a clock of its own.
type world struct {
	testing.TB
	open Opener
	log  history.Log
	mu   sync.Mutex
	now  time.Time
	last uint64
}

func newWorld(t testing.TB, open Opener) *world {
	w := &world{TB: t, open: open, now: time.UnixMilli(1_700_000_000_000)}
	w.restart(history.Options{BlockSize: 10})
	return w
}

// restart begins anew with other options.
func (w *world) restart(o history.Options) {
	w.Helper()
	if w.log != nil {
		if err := w.log.Close(); err != nil {
			w.Fatal(err)
		}
	}
	o.Now = w.time
	w.log = w.open(w.TB, o)
}

func (w *world) time() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// stamp returns a stamp of now.
func (w *world) stamp() event.Stamp {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last = max(w.last+1, uint64(w.now.UnixMilli())<<16)
	return event.Stamp{Ticks: w.last, Server: "uaaa"}
}

// event returns an event of a nick, whose account has the same name.
func (w *world) event(nick string, b event.Body) *event.Event {
	return &event.Event{Stamp: w.stamp(), UID: "u" + nick, Source: nick + "!" + nick + "@host.example", Account: nick, Body: b}
}

func (w *world) message(buffer, nick, text string) *event.Event {
	return w.event(nick, event.MessageSent{Command: "PRIVMSG", Target: buffer, Text: text})
}

// say appends a message, a millisecond after the one before.
func (w *world) say(buffer, nick, text string) *event.Event {
	w.Helper()
	e := w.message(buffer, nick, text)
	w.must(w.log.Append(buffer, e))
	w.pass(time.Millisecond)
	return e
}

// fill says numbers.
func (w *world) fill(buffer string, n int) (list []*event.Event) {
	for i := range n {
		list = append(list, w.say(buffer, "alice", fmt.Sprint("number ", i)))
	}
	return list
}

func (w *world) must(t history.Ticket) {
	w.Helper()
	if err := w.log.Wait(context.Background(), t); err != nil {
		w.Fatal(err)
	}
}

func (w *world) query(buffer string, q history.Query) []*event.Event {
	w.Helper()
	list, err := w.log.Query(context.Background(), buffer, q)
	if err != nil {
		w.Fatal(err)
	}
	return list
}

func (w *world) all(buffer string) []*event.Event {
	w.Helper()
	return w.query(buffer, history.Latest(history.Point{}, 1_000_000))
}

func (w *world) same(what string, got, want []*event.Event) {
	w.Helper()
	if g, x := texts(got), texts(want); g != x {
		w.Errorf("%s: %s; want %s", what, g, x)
	}
}

// texts writes events so that they can be compared, and read.
func texts(list []*event.Event) string {
	var b strings.Builder
	for _, e := range list {
		fmt.Fprintf(&b, "[%s %s %v]", e.ID(), e.Source, e.Body)
	}
	return b.String()
}

// eventually waits for what a log does by itself.
func (w *world) eventually(what string, ok func() bool) {
	w.Helper()
	for range 2000 {
		if ok() {
			return
		}
		time.Sleep(time.Millisecond) // the log has a goroutine of its own and tells nobody when it is done
	}
	w.Errorf("%s: does not happen; %+v", what, w.log.Stats())
}

// sealed waits until no more than so many records are left.
func (w *world) sealed(most int64) {
	w.Helper()
	w.eventually("sealing", func() bool { return w.log.Stats().Records <= most })
}

func id(e *event.Event) history.Point { return history.Of(e.Stamp) }
func at(e *event.Event) history.Point { return history.At(e.Time()) }
