package history

import (
	"fmt"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/event"
)

// TestSearchPages: the pages of a search are in order, complete, and end.
func TestSearchPages(t *testing.T) {
	r := New(Options{BlockSize: 10})
	defer r.Close()
	clock := event.NewClock("ua", func() time.Time { return time.UnixMilli(1_700_000_000_000) })
	var in []Scope
	for n := range 5 {
		in = append(in, Scope{Buffer: fmt.Sprint("#", n)})
	}
	const each = 60
	for range each {
		for n := range in {
			r.Append(in[n].Buffer, &event.Event{
				Stamp: clock.Stamp(), UID: "u1", Source: "alice!a@b",
				Body: event.MessageSent{Command: "PRIVMSG", Target: in[n].Buffer, Text: "tea"},
			})
		}
	}
	for _, limit := range []int{1, 7, 1000} {
		q := SearchQuery{Text: "tea", In: in, Limit: limit}
		var last *event.Event
		found := 0
		for page := 0; page == 0 || !q.Before.IsZero(); page++ {
			p, err := r.Search(t.Context(), q)
			if err != nil || page > 1000 {
				t.Fatalf("page %d: %v", page, err)
			}
			for _, h := range p.Hits {
				if last != nil && !last.After(h.Event.Stamp) {
					t.Fatalf("page %d is not in order", page)
				}
				last = h.Event
				found++
			}
			q.Before = p.Next
		}
		if found != len(in)*each {
			t.Errorf("%d hits with %d a page, want %d", found, limit, len(in)*each)
		}
	}
}

// TestNeedles: what is left out by looking at records is nothing that would have been found,
// wherever it is in a message and however it is written.
func TestNeedles(t *testing.T) {
	r := New(Options{})
	defer r.Close()
	clock := event.NewClock("ua", func() time.Time { return time.UnixMilli(1_700_000_000_000) })
	for _, m := range []event.MessageSent{
		{Text: "plain tea"},
		{Text: "TEA in capitals"},
		{Text: "\u212aettle of the kelvins"},
		{Text: "sk\u0130m it"},
		{Text: "über Tee"},
		{Lines: []event.Line{{Text: "first te"}, {Text: "a, in one word", Concat: true}, {Text: "HTTPS://tea.example"}}},
	} {
		m.Command, m.Target = "PRIVMSG", "#c"
		r.Append("#c", &event.Event{Stamp: clock.Stamp(), UID: "u1", Source: "Ann{a}!a@b", Account: "Mik\u212a", Body: m})
	}
	for _, tt := range []struct {
		query SearchQuery
		want  int
	}{
		{SearchQuery{Text: "tea"}, 3},
		{SearchQuery{Text: "Tea, WORD"}, 1},
		{SearchQuery{Text: "kettle"}, 1},
		{SearchQuery{Text: "skim"}, 1},
		{SearchQuery{Text: "ÜBER tee"}, 1},
		{SearchQuery{Text: "tea nowhere"}, 0},
		{SearchQuery{HasLink: true}, 1},
		{SearchQuery{From: "ann[A]"}, 6},
		{SearchQuery{From: "MIKK"}, 6},
		{SearchQuery{From: "mik"}, 0},
	} {
		tt.query.In, tt.query.Limit = []Scope{{Buffer: "#c"}}, 100
		p, err := r.Search(t.Context(), tt.query)
		if err != nil || len(p.Hits) != tt.want {
			t.Errorf("%+v finds %d, want %d; %v", tt.query, len(p.Hits), tt.want, err)
		}
	}
}
