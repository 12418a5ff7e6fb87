package historytest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

// compare asks one of everything.
func (m *model) compare() {
	buffer := m.pick(modelBuffers, "buffer")
	list := m.visible(buffer)
	m.compareQuery(buffer, list)
	m.compareSearch()
	m.compareTargets()
	m.asked += 3 // with those below
	s := rapid.SampledFrom(m.stamps).Draw(m.rt, "stamp")
	i := slices.IndexFunc(list, func(e *event.Event) bool { return e.Stamp == s })
	if e, err := m.log.Get(buffer, s.ID()); (err == nil) != (i >= 0) || i >= 0 && texts(list[i:i+1]) != texts([]*event.Event{e}) {
		m.rt.Fatalf("Get(%q, %q) = %v, %v; the model has %d", buffer, s.ID(), e, err, i)
	}
	related, err := m.log.Related(context.Background(), buffer, []string{s.ID()}, 1000)
	if err != nil {
		m.rt.Fatal(err)
	}
	m.equal("Related", related, filter(list, func(e *event.Event) bool {
		b, ok := e.Body.(event.MessageSent)
		return ok && slices.Contains(b.Tags, event.Tag{Key: "+reply", Value: s.ID()})
	}))
}

func (m *model) equal(what string, got, want []*event.Event) {
	if g, x := texts(got), texts(want); g != x {
		m.rt.Fatalf("%s:\n%s\nwant\n%s", what, g, x)
	}
}

func filter(list []*event.Event, keep func(*event.Event) bool) (kept []*event.Event) {
	for _, e := range list {
		if keep(e) {
			kept = append(kept, e)
		}
	}
	return kept
}

// A bound is a point with what the model makes of it.
type bound struct {
	point  history.Point
	from   event.Stamp             // where it begins
	before func(*event.Event) bool // the event is before the point
	after  func(*event.Event) bool
}

func (m *model) bound() bound {
	s := rapid.SampledFrom(m.stamps).Draw(m.rt, "point")
	if rapid.Bool().Draw(m.rt, "by msgid") {
		p, _ := history.ID(s.ID())
		return bound{p, s, func(e *event.Event) bool { return s.After(e.Stamp) }, func(e *event.Event) bool { return e.After(s) }}
	}
	at := s.Time().Add(time.Duration(rapid.IntRange(-1, 1).Draw(m.rt, "shift")) * time.Millisecond)
	from := event.Stamp{Ticks: uint64(at.UnixMilli()) << 16}
	return bound{history.At(at), from, func(e *event.Event) bool { return e.Time().Before(at) }, func(e *event.Event) bool { return e.Time().After(at) }}
}

func (m *model) compareQuery(buffer string, list []*event.Event) {
	n := rapid.IntRange(1, 30).Draw(m.rt, "limit")
	a, b := m.bound(), m.bound()
	scope := m.scope(buffer)
	list = filter(list, scope.has)
	kinds := history.Kinds(0)
	if rapid.Bool().Draw(m.rt, "texts") {
		kinds = history.Texts
		list = filter(list, isText)
	}
	first := func(list []*event.Event) []*event.Event { return list[:min(n, len(list))] }
	last := func(list []*event.Event) []*event.Event { return list[max(0, len(list)-n):] }
	early, late := filter(list, a.before), filter(list, a.after)
	inside := filter(late, b.before)
	ask := func(what string, q history.Query, want []*event.Event) {
		m.asked++
		q.Kinds, q.Since, q.Until = kinds, scope.Since, scope.Until
		got, err := m.log.Query(context.Background(), buffer, q)
		if err != nil {
			m.rt.Fatal(err)
		}
		m.equal(fmt.Sprintf("%s %+v", what, q), got, want)
	}
	ask("LATEST *", history.Latest(history.Point{}, n), last(list))
	ask("LATEST", history.Latest(a.point, n), last(late))
	ask("BEFORE", history.Before(a.point, n), last(early))
	ask("AFTER", history.After(a.point, n), first(late))
	want := first(inside)
	if inside = filter(early, b.after); len(inside) > 0 { // the first point is the later one
		want = last(inside)
	}
	ask("BETWEEN", history.Between(a.point, b.point, n), want)
	from := max(0, len(early)-n/2)
	if rest := len(list) - len(early); rest < n-n/2 {
		from = max(0, len(list)-n)
	}
	ask("AROUND", history.Around(a.point, n), list[from:min(len(list), from+n)])
}

// A scope is what of a buffer somebody may read.
type scope struct{ history.Scope }

func (m *model) scope(buffer string) scope {
	s := scope{history.Scope{Buffer: buffer}}
	if rapid.IntRange(0, 3).Draw(m.rt, "since") == 0 {
		s.Since = rapid.SampledFrom(m.stamps).Draw(m.rt, "since")
	}
	if rapid.IntRange(0, 3).Draw(m.rt, "until") == 0 {
		s.Until = rapid.SampledFrom(m.stamps).Draw(m.rt, "until")
	}
	return s
}

func (s scope) has(e *event.Event) bool {
	return !s.Since.After(e.Stamp) && (s.Until.IsZero() || s.Until.After(e.Stamp))
}

// compareTargets asks for the buffers whose latest message is between two times, counted
// from the first of them.
func (m *model) compareTargets() {
	first, second := m.bound(), m.bound()
	q := history.TargetsQuery{Of: "alice", First: first.point, Second: second.point, Limit: rapid.IntRange(1, 4).Draw(m.rt, "targets")}
	back := order(first.from, second.from) > 0
	var want []*event.Event
	for _, b := range modelBuffers {
		s := m.scope(b)
		if _, _, talk := history.Parties(b); talk {
			s = scope{history.Scope{Buffer: b}}
		} else {
			q.In = append(q.In, s.Scope)
		}
		list := filter(filter(m.visible(b), s.has), isText)
		if len(list) == 0 {
			continue
		}
		last := list[len(list)-1]
		if !back && first.after(last) && second.before(last) || back && second.after(last) && first.before(last) {
			want = append(want, last)
		}
	}
	slices.SortStableFunc(want, func(x, y *event.Event) int { return order(x.Stamp, y.Stamp) })
	if n := min(q.Limit, len(want)); back {
		want = want[len(want)-n:]
	} else {
		want = want[:n]
	}
	found, err := m.log.Targets(context.Background(), q)
	if err != nil {
		m.rt.Fatal(err)
	}
	var got []*event.Event
	for _, t := range found {
		got = append(got, t.Latest)
	}
	m.equal(fmt.Sprintf("TARGETS %+v", q), got, want)
}

func isText(e *event.Event) bool {
	b, ok := e.Body.(event.MessageSent)
	return ok && b.Command != "TAGMSG"
}

func (m *model) compareSearch() {
	var in []history.Scope
	var list []*event.Event
	for _, b := range modelBuffers {
		s := m.scope(b)
		in = append(in, s.Scope)
		list = append(list, filter(m.visible(b), s.has)...)
	}
	word := m.pick(words, "word")
	from := m.pick([]string{"", "alice", "bob"}, "from")
	want := filter(list, func(e *event.Event) bool {
		b, ok := e.Body.(event.MessageSent)
		return ok && strings.Contains(strings.ToLower(b.Text), strings.ToLower(word)) && (from == "" || e.Account == from)
	})
	slices.SortStableFunc(want, func(x, y *event.Event) int { return order(y.Stamp, x.Stamp) })
	q := history.SearchQuery{Text: word, From: from, In: in, Limit: 10_000}
	var got []*event.Event
	for more := true; more; more = !q.Before.IsZero() {
		page, err := m.log.Search(context.Background(), q)
		if err != nil {
			m.rt.Fatal(err)
		}
		for _, h := range page.Hits {
			got = append(got, h.Event)
		}
		q.Before = page.Next
	}
	// The same stamp may be in two buffers: their order is not said.
	byText := func(x, y *event.Event) int {
		return cmp.Or(order(y.Stamp, x.Stamp), strings.Compare(texts([]*event.Event{x}), texts([]*event.Event{y})))
	}
	slices.SortFunc(got, byText)
	slices.SortFunc(want, byText)
	m.equal("Search "+word+" "+from, got, want)
}
