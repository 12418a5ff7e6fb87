package bunt

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

// TestForgotten tests that nothing of what somebody has said is left, in the file, in its
// index or in the texts that messages had before they were edited, once it was asked for.
func TestForgotten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	l := open(t, path, small)
	c := event.NewClock("ua", time.Now)
	ctx := context.Background()
	for i := range 60 {
		e := message(c, fmt.Sprint("wallflower ", i))
		if i%3 == 0 {
			e.Account, e.Source = "bob", "bob!b@host.example"
			e.Body = event.MessageSent{Command: "PRIVMSG", Text: fmt.Sprint("snapdragon ", i)}
		}
		l.Append([]string{"#a", "alice bob"}[i%2], e)
		if i%6 != 0 {
			continue
		}
		if _, err := l.Rewrite("#a", e.ID(), func(old *event.Event) *event.Event {
			m := old.Body.(event.MessageSent)
			m.Edited, m.Trail = c.Stamp(), []event.Wording{{At: old.Stamp, Text: fmt.Sprint("larkspur ", i)}}
			changed := *old
			changed.Body = m
			return &changed
		}); err != nil {
			t.Fatal(err)
		}
	}
	n, ticket, err := l.DropAuthor(ctx, "bob", event.Stamp{})
	if err != nil || n != 20 {
		t.Fatal(n, err)
	}
	if err := l.Wait(ctx, ticket); err != nil {
		t.Fatal(err)
	}
	in := []history.Scope{{Buffer: "#a"}, {Buffer: "alice bob"}}
	for _, q := range []history.SearchQuery{{Text: "snapdragon"}, {Text: "larkspur"}, {From: "bob"}} {
		q.In, q.Limit = in, 10
		if page, err := l.Search(ctx, q); err != nil || len(page.Hits) > 0 || !page.Next.IsZero() {
			t.Errorf("%+v finds %v, %v", q, page, err)
		}
	}
	compactNow(t, l)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{"snapdragon": false, "larkspur": false, "bob!b": false, "wallflower": true} {
		if bytes.Contains(data, []byte(text)) != want {
			t.Errorf("%q is in the file: %v", text, !want)
		}
	}
}
