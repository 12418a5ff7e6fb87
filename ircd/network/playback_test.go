package network

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

// TestQueryModel compares what a member reads of a random channel with what the
// specification says: nothing the member may not read, no more than asked for, nearest to
// the point, in order, and the mark of the end exactly when there is no more.
// https://ircv3.net/specs/extensions/chathistory
func TestQueryModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		log := history.New(history.Options{BlockSize: 8})
		defer log.Close()
		n, by, _ := room(t, 1, log)
		b := Buffer{Name: "#model", Target: "#model", Asked: "#model", reader: by.User}
		now := time.UnixMilli(1_700_000_000_000)
		clock := event.NewClock("uother00", func() time.Time { return now })
		var all []*event.Event
		for i := range rapid.IntRange(1, 60).Draw(rt, "events") {
			e := &event.Event{Stamp: clock.Stamp(), UID: "uother00a", Source: "other!o@h"}
			switch rapid.IntRange(0, 5).Draw(rt, "kind") {
			case 0:
				e.Body = event.Joined{Channel: "#model"}
			case 1:
				e.Body = event.MessageSent{Command: "PRIVMSG", Text: fmt.Sprint(i), OpsOnly: true}
			case 2: // one's own is seen, whoever else hears it
				e.UID = by.UID()
				e.Body = event.MessageSent{Command: "PRIVMSG", Text: fmt.Sprint(i), OpsOnly: true}
			default:
				e.Body = event.MessageSent{Command: "NOTICE", Text: fmt.Sprint(i)}
			}
			log.Append("#model", e)
			all = append(all, e)
			now = now.Add(time.Duration(rapid.IntRange(0, 3).Draw(rt, "pass")) * time.Millisecond)
		}
		any := func(what string) event.Stamp { return rapid.SampledFrom(all).Draw(rt, what).Stamp }
		if rapid.Bool().Draw(rt, "since") {
			b.Since = any("since")
		}
		if rapid.Bool().Draw(rt, "until") {
			b.Until = any("until")
		}
		for range 20 {
			compareQuery(rt, n, b, all, rapid.Bool().Draw(rt, "events too"), any)
		}
	})
}

// compareQuery asks one of everything.
func compareQuery(rt *rapid.T, n *Network, b Buffer, all []*event.Event, events bool, any func(string) event.Stamp) {
	visible := slices.DeleteFunc(slices.Clone(all), func(e *event.Event) bool {
		m, said := e.Body.(event.MessageSent)
		return b.Since.After(e.Stamp) || !b.Until.IsZero() && !b.Until.After(e.Stamp) ||
			said && m.OpsOnly && e.UID != b.reader.UID() || !said && !events
	})
	has := caps.Of(caps.MessageTags)
	if events {
		has = caps.Of(caps.MessageTags, caps.EventPlayback, caps.Redaction)
	}
	limit := rapid.IntRange(1, 20).Draw(rt, "limit")
	one, two := any("one"), any("two")
	inside := func(after, before event.Stamp) (list []*event.Event) {
		for _, e := range visible {
			if e.After(after) && (before.IsZero() || before.After(e.Stamp)) {
				list = append(list, e)
			}
		}
		return list
	}
	first := func(list []*event.Event) []*event.Event { return list[:min(limit, len(list))] }
	last := func(list []*event.Event) []*event.Event { return list[max(0, len(list)-limit):] }
	ask := func(name string, q history.Query, of, want []*event.Event) {
		p, err := n.Query(context.Background(), b, q, has)
		if err != nil {
			rt.Fatal(err)
		}
		if !slices.EqualFunc(p.Events, want, func(x, y *event.Event) bool { return x.Stamp == y.Stamp }) {
			rt.Fatalf("%s: %d events, want %d", name, len(p.Events), len(want))
		}
		if of != nil && p.End != (len(of) <= limit) {
			rt.Fatalf("%s: it says that there is no more: %v; there are %d in all, and %d were asked for", name, p.End, len(of), limit)
		}
	}
	nothing := []*event.Event{}
	either := func(list []*event.Event) []*event.Event {
		if list == nil {
			return nothing
		}
		return list
	}
	of := either(inside(event.Stamp{}, event.Stamp{}))
	ask("LATEST *", history.Latest(history.Point{}, limit), of, last(of))
	of = either(inside(one, event.Stamp{}))
	ask("LATEST", history.Latest(history.Of(one), limit), of, last(of))
	ask("AFTER", history.After(history.Of(one), limit), of, first(of))
	before := either(inside(event.Stamp{}, one))
	ask("BEFORE", history.Before(history.Of(one), limit), before, last(before))
	if two.After(one) {
		of = either(inside(one, two))
		ask("BETWEEN", history.Between(history.Of(one), history.Of(two), limit), of, first(of))
	} else {
		of = either(inside(two, one))
		ask("BETWEEN, the later first", history.Between(history.Of(one), history.Of(two), limit), of, last(of))
	}
	from := max(0, len(before)-limit/2)
	if rest := len(visible) - len(before); rest < limit-limit/2 {
		from = max(0, len(visible)-limit)
	}
	ask("AROUND", history.Around(history.Of(one), limit), nil, visible[from:min(len(visible), from+limit)])
}
