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
