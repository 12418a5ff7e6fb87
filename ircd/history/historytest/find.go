package historytest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

func testFind(t *testing.T, w *world) {
	list := w.fill("#c", 40)
	other := w.fill("#d", 40)
	for i := range list {
		for buffer, e := range map[string]*event.Event{"#c": list[i], "#d": other[i]} {
			got, err := w.log.Get(buffer, e.ID())
			if err != nil {
				t.Fatal(err)
			}
			w.same("Get", []*event.Event{got}, []*event.Event{e})
			in, got, err := w.log.Find(e.ID())
			if err != nil || in != buffer {
				t.Fatal(in, err)
			}
			w.same("Find", []*event.Event{got}, []*event.Event{e})
		}
	}
	for _, msgid := range []string{"", "x", other[3].ID(), w.stamp().ID()} {
		if e, err := w.log.Get("#c", msgid); !errors.Is(err, history.ErrNotFound) {
			t.Errorf("Get(%q) = %v, %v", msgid, e, err)
		}
	}
	if _, _, err := w.log.Find(w.stamp().ID()); !errors.Is(err, history.ErrNotFound) {
		t.Error(err)
	}
}

func testRelated(t *testing.T, w *world) {
	list := w.fill("#c", 40)
	var want []*event.Event
	for i := range 30 {
		e := w.event("bob", event.MessageSent{Command: "TAGMSG", Target: "#c", Tags: []event.Tag{
			{Key: "+draft/react", Value: "x"}, {Key: "+draft/reply", Value: list[i].ID()},
		}})
		if i == 5 || i == 25 {
			want = append(want, e)
		}
		w.must(w.log.Append("#c", e))
	}
	got, err := w.log.Related(context.Background(), "#c", []string{list[5].ID(), list[25].ID()}, 10)
	if err != nil {
		t.Fatal(err)
	}
	w.same("Related", got, want)
}

func testTargets(t *testing.T, w *world) {
	ctx := context.Background()
	latest := map[string]*event.Event{}
	buffers := []string{"#c", history.Conversation("bob", "alice"), history.Conversation("alice", "carol"), "#d", "bob carol"}
	for _, b := range buffers {
		w.fill(b, 15)
		w.pass(time.Minute)
		latest[b] = w.say(b, "alice", "last")
		w.must(w.log.Append(b, w.event("dave", event.Joined{Channel: b})))
	}
	targets := func(q history.TargetsQuery) (names []string) {
		q.Of = "alice"
		if q.In == nil {
			q.In = []history.Scope{{Buffer: "#c"}, {Buffer: "#d"}, {Buffer: "#none"}}
		}
		list, err := w.log.Targets(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range list {
			names = append(names, x.Buffer)
			w.same("the latest", []*event.Event{x.Latest}, []*event.Event{latest[x.Buffer]})
		}
		return names
	}
	mine := buffers[:4]
	before, after := history.At(time.UnixMilli(0)), history.At(w.time().Add(time.Hour))
	keep := func(b string, e *event.Event) bool { return b != "#d" }
	for _, tt := range []struct {
		what string
		q    history.TargetsQuery
		want []string
	}{
		{"all", history.TargetsQuery{First: before, Second: after, Limit: 9}, mine},
		{"no bounds", history.TargetsQuery{Limit: 9}, mine},
		{"back", history.TargetsQuery{First: after, Second: before, Limit: 2}, mine[2:]},
		{"limit", history.TargetsQuery{First: before, Second: after, Limit: 2}, mine[:2]},
		{"after", history.TargetsQuery{First: at(latest["#c"]), Second: after, Limit: 9}, mine[1:]},
		{"before", history.TargetsQuery{First: before, Second: at(latest["#d"]), Limit: 9}, mine[:3]},
		{"keep", history.TargetsQuery{First: before, Second: after, Limit: 9, Keep: keep}, mine[:3]},
		{"since", history.TargetsQuery{Limit: 9, In: []history.Scope{{Buffer: "#c", Since: latest["#c"].Stamp}, {Buffer: "#d", Since: w.stamp()}}}, mine[:3]},
		{"none", history.TargetsQuery{First: before, Second: after}, nil},
	} {
		if got := targets(tt.q); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.what, got, tt.want)
		}
	}
	w.must(w.log.Drop(mine[1]))
	if got := targets(history.TargetsQuery{Limit: 9}); !slices.Equal(got, []string{"#c", mine[2], "#d"}) {
		t.Errorf("after Drop: %q", got)
	}
}

func testSearch(t *testing.T, w *world) {
	said := map[string]*event.Event{}
	for round := range 2 { // the first will be in blocks
		for i, text := range []string{
			"Green TEA is best", "coffee", "see https://tea.example/x", "Größe und ΣΟΦΟΣ", "日本語のお茶", "tea: see above",
		} {
			nick := []string{"Alice[1]", "bob"}[i%2]
			said[fmt.Sprintf("%d%d", round, i)] = w.say("#c", nick, text)
		}
		w.must(w.log.Append("#c", w.event("bob", event.TopicSet{Channel: "#c", Topic: "tea"})))
		w.fill("#c", 40)
		w.fill("#d", 5)
	}
	said["d"] = w.say("#d", "bob", "more tea")
	c, both := []history.Scope{{Buffer: "#c"}}, []history.Scope{{Buffer: "#c"}, {Buffer: "#d"}, {Buffer: "#none"}}
	for _, tt := range []struct {
		what string
		q    history.SearchQuery
		want string
	}{
		{"a word", history.SearchQuery{Text: "tea", In: c}, "15 12 10 05 02 00"},
		{"two buffers", history.SearchQuery{Text: "tea", In: both}, "d 15 12 10 05 02 00"},
		{"no buffers", history.SearchQuery{Text: "tea"}, ""},
		{"words in any order", history.SearchQuery{Text: "see tea", In: c}, "15 12 05 02"},
		{"a part of a word", history.SearchQuery{Text: "REEN", In: c}, "10 00"},
		{"short", history.SearchQuery{Text: "ff", In: c}, "11 01"},
		{"other letters", history.SearchQuery{Text: "größe σοφοσ", In: c}, "13 03"},
		{"no spaces", history.SearchQuery{Text: "お茶", In: c}, "14 04"},
		{"nothing", history.SearchQuery{Text: "cocoa", In: c}, ""},
		{"author", history.SearchQuery{Text: "tea", From: "BOB", In: both}, "d 15 05"},
		{"author", history.SearchQuery{Text: "tea", From: "alice{1}", In: both}, "12 10 02 00"},
		{"link", history.SearchQuery{HasLink: true, In: both}, "12 02"},
		{"limit", history.SearchQuery{Text: "tea", In: both, Limit: 2}, "d 15"},
		{"before", history.SearchQuery{Text: "tea", In: both, Before: id(said["10"])}, "05 02 00"},
		{"after", history.SearchQuery{Text: "tea", In: both, After: at(said["10"])}, "d 15 12"},
		{"scope", history.SearchQuery{Text: "tea", In: []history.Scope{{Buffer: "#c", Since: said["05"].Stamp, Until: said["12"].Stamp}}}, "10 05"},
		{"keep", history.SearchQuery{Text: "tea", In: both, Keep: func(b string, e *event.Event) bool { return b == "#d" }}, "d"},
	} {
		if tt.q.Limit == 0 {
			tt.q.Limit = 50
		}
		got := ""
		for more, limit := true, tt.q.Limit; more; more = !tt.q.Before.IsZero() && tt.q.Limit > 0 {
			page, err := w.log.Search(context.Background(), tt.q)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range page.Hits {
				for name, e := range said {
					if e.Stamp == h.Event.Stamp {
						got += " " + name
					}
				}
			}
			tt.q.Before, tt.q.Limit = page.Next, limit-len(strings.Fields(got))
		}
		if want := tt.want; len(got) > 0 && got[1:] != want || got == "" && want != "" {
			t.Errorf("%s: found%s, want %s", tt.what, got, want)
		}
	}
}

// testSearchPages: all pages together are all hits, once, in order.
func testSearchPages(t *testing.T, w *world) {
	const buffers, each = 5, 60
	var in []history.Scope
	want := 0
	for i := range each {
		for n := range buffers {
			buffer := fmt.Sprint("#", n)
			if i == 0 {
				in = append(in, history.Scope{Buffer: buffer})
			}
			text := "tea"
			if (i*n)%3 == 1 {
				text = "coffee"
			} else {
				want++
			}
			w.must(w.log.Append(buffer, w.message(buffer, "alice", text)))
		}
	}
	for _, limit := range []int{1, 7, 50, 1000} {
		q := history.SearchQuery{Text: "tea", In: in, Limit: limit}
		n := 0
		var last *event.Event
		for page := 0; page == 0 || !q.Before.IsZero(); page++ {
			p, err := w.log.Search(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range p.Hits {
				if last != nil && !last.After(h.Event.Stamp) {
					t.Fatal("not in order")
				}
				last = h.Event
				n++
			}
			q.Before = p.Next
		}
		if n != want {
			t.Errorf("%d hits with %d a page, want %d", n, limit, want)
		}
	}
}
