package historytest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

func testQueries(t *testing.T, w *world) {
	for _, n := range []int{0, 1, 9, 57} {
		buffer := fmt.Sprint("#", n)
		list := w.fill(buffer, n)
		if n == 0 {
			w.same("an unknown buffer", w.all(buffer), nil)
			continue
		}
		for i, e := range list {
			for name, p := range map[string]history.Point{"msgid": id(e), "time": at(e)} {
				what := fmt.Sprintf("%d of %d by %s", i, n, name)
				w.same("LATEST "+what, w.query(buffer, history.Latest(p, 5)), list[max(i+1, n-5):])
				w.same("BEFORE "+what, w.query(buffer, history.Before(p, 5)), list[max(0, i-5):i])
				w.same("AFTER "+what, w.query(buffer, history.After(p, 5)), list[i+1:min(n, i+6)])
				j := (i * 7) % n
				lo, hi := min(i, j), max(i, j)
				if lo == hi {
					continue
				}
				between := list[lo+1 : hi]
				w.same("BETWEEN "+what, w.query(buffer, history.Between(id(list[lo]), id(list[hi]), 5)), between[:min(5, len(between))])
				w.same("BETWEEN back "+what, w.query(buffer, history.Between(id(list[hi]), id(list[lo]), 5)), between[max(0, len(between)-5):])
			}
		}
		w.same("LATEST *", w.query(buffer, history.Latest(history.Point{}, 5)), list[max(0, n-5):])
		w.same("no limit", w.query(buffer, history.Latest(history.Point{}, 0)), nil)
	}
}

func testAround(t *testing.T, w *world) {
	list := w.fill("#c", 40)
	for _, tt := range []struct{ at, n, from, to int }{
		{20, 1, 20, 21}, {20, 3, 19, 22}, {20, 4, 18, 22}, {0, 4, 0, 4}, {39, 4, 36, 40}, {38, 5, 35, 40}, {20, 100, 0, 40},
	} {
		w.same(fmt.Sprint(tt), w.query("#c", history.Around(id(list[tt.at]), tt.n)), list[tt.from:tt.to])
		w.same(fmt.Sprint(tt), w.query("#c", history.Around(at(list[tt.at]), tt.n)), list[tt.from:tt.to])
	}
}

// testOrder: order is by stamp, and an event that is there already is not added.
func testOrder(t *testing.T, w *world) {
	var list []*event.Event
	for i := range 60 {
		list = append(list, w.message("#c", "alice", fmt.Sprint(i)))
		w.pass(time.Millisecond)
	}
	for _, i := range []int{0, 1, 2, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49} {
		w.must(w.log.Append("#c", list[i]))
	}
	w.sealed(20)
	for i := range list {
		w.must(w.log.Append("#c", list[(i*37)%60]))
	}
	w.same("in the wrong order", w.all("#c"), list)
	if n := w.log.Stats().Events; n != 60 {
		t.Errorf("%d events", n)
	}
}

func testKinds(t *testing.T, w *world) {
	var want [3][]*event.Event
	for i := range 90 {
		var b event.Body = event.MessageSent{Command: "NOTICE", Target: "#c", Text: "x"}
		switch i % 3 {
		case 1:
			b = event.MessageSent{Command: "TAGMSG", Target: "#c", Tags: []event.Tag{{Key: "+draft/react", Value: "x"}}}
		case 2:
			b = event.Joined{Channel: "#c"}
		}
		e := w.event("alice", b)
		want[i%3] = append(want[i%3], e)
		w.must(w.log.Append("#c", e))
	}
	for i, k := range []history.Kinds{history.Texts, history.Tags, history.Events} {
		w.same(fmt.Sprint("kind ", k), w.query("#c", history.Query{Kinds: k, Limit: 100}), want[i])
		w.same(fmt.Sprint("kind ", k), w.query("#c", history.Query{Kinds: k, Limit: 7, Last: true}), want[i][23:])
	}
	keep := func(e *event.Event) bool { return e.Ticks%2 == 0 }
	got := w.query("#c", history.Query{Keep: keep, Limit: 20, Last: true})
	if len(got) != 20 || slices.ContainsFunc(got, func(e *event.Event) bool { return !keep(e) }) {
		t.Errorf("with a filter: %s", texts(got))
	}
}

// testBodies: everything but facts is as it was.
func testBodies(t *testing.T, w *world) {
	var list []*event.Event
	add := func(b event.Body) {
		e := w.event("Älice", b)
		e.Bot, e.Oper = true, "oper"
		list = append(list, e)
		with := *e
		with.Facts = []event.Fact{{Key: event.Key{Kind: event.Nick, Scope: "u"}}}
		w.must(w.log.Append("#c", &with))
	}
	for range 12 {
		add(event.MessageSent{
			Command: "NOTICE", Target: "#c", To: "u", Status: '@', Text: "a\x00 \xff", OpsOnly: true, Shown: "x!y@z", Relayer: "r",
			Tags: []event.Tag{{Key: "+a", Value: "b"}, {Key: "+c"}},
		})
		add(event.MessageSent{Command: "PRIVMSG", Target: "#c", Lines: []event.Line{{Text: "a"}, {Text: "b", Concat: true}, {}}})
		add(event.ModeChanged{Channel: "#c", Changes: []event.Change{{Add: true, Letter: 'o', Param: "bob"}}})
		add(event.Kicked{Channel: "#c", Target: "u", Reason: "bye", Removed: true})
		add(event.Joined{Channel: "#c", Status: "o", Created: true})
	}
	got := w.all("#c")
	if len(got) != len(list) {
		t.Fatalf("%d events of %d", len(got), len(list))
	}
	for i := range list {
		if g, x := fmt.Sprintf("%#v", *got[i]), fmt.Sprintf("%#v", *list[i]); g != x {
			t.Errorf("%s; want %s", g, x)
		}
	}
	if w.log.Append("#c", w.event("alice", nil)); len(w.all("#c")) != len(list) {
		t.Error("an event without a body is kept")
	}
}
