package historytest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

func testRewrite(t *testing.T, w *world) {
	list := w.fill("#c", 40)
	w.sealed(22)
	ctx := context.Background()
	for _, i := range []int{0, 13, 39} {
		ticket, err := w.log.Rewrite("#c", list[i].ID(), func(e *event.Event) *event.Event {
			changed := *e
			changed.Body = event.MessageSent{Command: "PRIVMSG", Target: "#c", Text: "edited"}
			changed.Stamp = event.Stamp{}
			return &changed
		})
		if err != nil {
			t.Fatal(err)
		}
		w.must(ticket)
		changed := *list[i]
		changed.Body = event.MessageSent{Command: "PRIVMSG", Target: "#c", Text: "edited"}
		list[i] = &changed
	}
	w.same("edited", w.all("#c"), list)
	for _, i := range []int{38, 12, 0} {
		ticket, err := w.log.Rewrite("#c", list[i].ID(), func(*event.Event) *event.Event { return nil })
		if err != nil {
			t.Fatal(err)
		}
		w.must(ticket)
		if _, err := w.log.Rewrite("#c", list[i].ID(), func(*event.Event) *event.Event { return nil }); !errors.Is(err, history.ErrNotFound) {
			t.Error(err)
		}
		list = append(list[:i:i], list[i+1:]...)
	}
	w.same("redacted", w.all("#c"), list)
	for text, n := range map[string]int{"edited": 2, "number 12": 0, "number 13": 0, "number 14": 1} {
		page, err := w.log.Search(ctx, history.SearchQuery{Text: text, In: []history.Scope{{Buffer: "#c"}}, Limit: 10})
		if err != nil || len(page.Hits) != n {
			t.Errorf("%s: %v, %v", text, page.Hits, err)
		}
	}
	if _, err := w.log.Rewrite("#none", list[0].ID(), nil); !errors.Is(err, history.ErrNotFound) {
		t.Error(err)
	}
}

func testDrop(t *testing.T, w *world) {
	w.fill("#c", 40)
	other := w.fill("#d", 4)
	w.must(w.log.Drop("#c"))
	w.must(w.log.Drop("#none"))
	w.same("dropped", w.all("#c"), nil)
	w.same("not dropped", w.all("#d"), other)
	if s := w.log.Stats(); s.Events != 4 || s.Records != 5 || s.Buffers != 1 {
		t.Errorf("%+v", s)
	}
	w.same("begun again", w.fill("#c", 3), w.all("#c"))
}

func testDropAuthor(t *testing.T, w *world) {
	var want []*event.Event
	for i := range 60 {
		nick := []string{"alice", "bob", "carol", "dave"}[i%4]
		if i < 20 {
			nick = "alice" // blocks without anybody else
		}
		if e := w.say("#c", nick, fmt.Sprint(i)); nick != "bob" {
			want = append(want, e)
		}
	}
	w.say("bob carol", "bob", "hi")
	n, ticket, err := w.log.DropAuthor(context.Background(), "bob", event.Stamp{})
	if err != nil || n != 11 {
		t.Fatal(n, err)
	}
	w.must(ticket)
	w.same("others", w.all("#c"), want)
	w.eventually("an empty buffer goes", func() bool { return len(w.log.Buffers()) == 1 })
}

func testRename(t *testing.T, w *world) {
	list := w.fill("#c", 30)
	w.fill("#d", 1)
	if _, err := w.log.Rename("#c", "#d"); !errors.Is(err, history.ErrExists) {
		t.Error(err)
	}
	if _, err := w.log.Rename("#x", "#y"); !errors.Is(err, history.ErrNotFound) {
		t.Error(err)
	}
	ticket, err := w.log.Rename("#c", "#e")
	if err != nil {
		t.Fatal(err)
	}
	w.must(ticket)
	w.same("the old name", w.all("#c"), nil)
	w.same("the new name", w.all("#e"), list)
}

// testLate: what was redacted does not come back with a copy that arrives later, wherever
// it belongs by then.
func testLate(t *testing.T, w *world) {
	for _, n := range []int{2, 30} {
		buffer := fmt.Sprint("#", n)
		early := w.message(buffer, "alice", "secret")
		list := []*event.Event{w.event("bob", event.Redacted{Buffer: buffer, MsgID: early.ID(), Target: buffer})}
		w.must(w.log.Append(buffer, list[0]))
		list = append(list, w.fill(buffer, n)...)
		other := w.event("alice", event.MessageSent{Command: "PRIVMSG", Target: buffer, Text: "late"})
		other.Ticks = early.Ticks - 1
		for _, e := range []*event.Event{early, list[0]} {
			if t0 := w.log.Append(buffer, e); t0 != 0 {
				t.Errorf("%s is not added, and has the ticket %d", e.ID(), t0)
			}
		}
		w.must(w.log.Append(buffer, other))
		w.same("what arrives late", w.all(buffer), append([]*event.Event{other}, list...))
		for _, e := range append(list, early, other) {
			if w.log.Redacted(buffer, e.ID()) != (e == early) || w.log.Redacted("#none", e.ID()) {
				t.Errorf("%s: redacted is not what it should be", e.ID())
			}
		}
	}
}

// testKeep: a policy is about what is appended from then on.
func testKeep(t *testing.T, w *world) {
	list := w.fill("#c", 25)
	w.log.SetPolicy("#c", history.Policy{Keep: history.Off})
	w.fill("#c", 5)
	w.log.SetPolicy("#none", history.Policy{Keep: history.Off})
	w.fill("#none", 5)
	w.same("off", w.all("#c"), list)
	if list := w.log.Buffers(); len(list) != 1 {
		t.Errorf("there are %q", list)
	}
	w.log.SetPolicy("#c", history.Policy{Keep: history.Ephemeral})
	list = append(list, w.fill("#c", 35)...)
	w.log.SetPolicy("#c", history.Policy{})
	list = append(list, w.fill("#c", 15)...)
	w.same("all", w.all("#c"), list)
	if _, err := w.log.Rewrite("#c", list[30].ID(), func(*event.Event) *event.Event { return nil }); err != nil {
		t.Error(err)
	}
	w.same("all but one", w.all("#c"), append(list[:30:30], list[31:]...))
}

func testEach(t *testing.T, w *world) {
	list := w.fill("#c", 25)
	w.log.SetPolicy("#c", history.Policy{Keep: history.Ephemeral})
	list = append(list, w.fill("#c", 25)...)
	for _, most := range []int{1, 30, 50, 60} {
		var got []*event.Event
		err := w.log.Each(context.Background(), "#c", func(e *event.Event, ephemeral bool) bool {
			if ephemeral != (len(got) >= 25) {
				t.Errorf("event %d is ephemeral: %v", len(got), ephemeral)
			}
			got = append(got, e)
			return len(got) < most
		})
		if err != nil {
			t.Fatal(err)
		}
		w.same("Each", got, list[:min(most, 50)])
	}
}

// testRace: nothing is lost, seen twice or out of order while much happens at once.
func testRace(t *testing.T, w *world) {
	const writers, each = 4, 300
	var wg, readers sync.WaitGroup
	stop := make(chan struct{})
	ctx := context.Background()
	for n := range writers {
		wg.Go(func() {
			buffer := fmt.Sprint("#", n%2)
			var last *event.Event
			for i := range each {
				e := w.message(buffer, fmt.Sprint("nick", n), fmt.Sprint("text ", i))
				if ticket := w.log.Append(buffer, e); i%50 == 0 {
					w.must(ticket)
				}
				if last != nil && i%10 == 0 {
					if _, err := w.log.Rewrite(buffer, last.ID(), func(e *event.Event) *event.Event { return e }); err != nil {
						t.Error(err)
					}
				}
				last = e
			}
		})
	}
	for n := range 2 {
		readers.Go(func() {
			seen := 0
			for {
				select {
				case <-stop:
					return
				default:
				}
				list := w.all(fmt.Sprint("#", n))
				for i := 1; i < len(list); i++ {
					if !list[i].After(list[i-1].Stamp) {
						t.Error("not in order")
						return
					}
				}
				if len(list) < seen {
					t.Error("fewer than before")
				}
				seen = len(list)
				_, _ = w.log.Search(ctx, history.SearchQuery{Text: "text", In: []history.Scope{{Buffer: "#0"}}, Limit: 5})
			}
		})
	}
	wg.Wait()
	close(stop)
	readers.Wait()
	for n := range 2 {
		if list := w.all(fmt.Sprint("#", n)); len(list) != writers*each/2 {
			t.Errorf("%d events", len(list))
		}
	}
}

func testContext(t *testing.T, w *world) {
	w.fill("#c", 30)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := w.log.Query(ctx, "#c", history.Latest(history.Point{}, 5)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := w.log.Search(ctx, history.SearchQuery{In: []history.Scope{{Buffer: "#c"}}, Limit: 5}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := w.log.Each(ctx, "#c", func(*event.Event, bool) bool { return true }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func testClose(t *testing.T, w *world) {
	w.fill("#c", 3)
	for range 2 {
		if err := w.log.Close(); err != nil {
			t.Error(err)
		}
	}
	w.log.Append("#c", w.message("#c", "alice", "late")) // must not block or panic
}
