package historytest

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

// A model is a log as simple as can be.
type model struct {
	*world
	rt      *rapid.T
	buffers map[string][]*event.Event
	limits  history.Limits
	keep    map[string]history.Keep // by buffer
	fleeing map[*event.Event]bool   // those that are ephemeral
	stamps  []event.Stamp           // all there ever were
	asked   int                     // queries
}

var modelBuffers = []string{"#a", "#b", "alice bob"}

// TestModel makes random changes and compares queries of every kind with a model: about
// 180 in each of the checks, the number of which is set by the flag rapid.checks. "make
// slow" has 100,000 of them. It calls begin for every check. If durable, what that
// returns opens the same data whenever it is called.
func TestModel(t *testing.T, begin func(t testing.TB) Opener, durable bool) {
	asked := 0
	defer func() { t.Logf("%d queries were compared", asked) }()
	rapid.Check(t, func(rt *rapid.T) {
		m := &model{
			world: &world{TB: t, open: begin(t), now: time.UnixMilli(1_700_000_000_000)}, rt: rt,
			buffers: map[string][]*event.Event{}, keep: map[string]history.Keep{}, fleeing: map[*event.Event]bool{},
		}
		defer func() { asked += m.asked }()
		o := history.Options{BlockSize: rapid.IntRange(4, 12).Draw(rt, "block")}
		if rapid.Bool().Draw(rt, "bounded") {
			m.limits = history.Limits{Count: rapid.IntRange(1, 60).Draw(rt, "count"), Age: time.Duration(rapid.IntRange(5, 100).Draw(rt, "age")) * time.Second}
		}
		o.Limits = m.limits
		m.restart(o)
		defer func() { m.log.Close() }()
		for range rapid.IntRange(1, 8).Draw(rt, "rounds") {
			m.change()
			if durable && rapid.IntRange(0, 3).Draw(rt, "reopen") == 0 {
				m.restart(o)
				m.restarted()
			}
			for range 5 {
				m.compare()
			}
		}
	})
}

func (m *model) pick(of []string, what string) string { return rapid.SampledFrom(of).Draw(m.rt, what) }

// change makes some changes, mostly by appending.
func (m *model) change() {
	for range rapid.IntRange(1, 40).Draw(m.rt, "appends") {
		m.append(m.pick(modelBuffers, "buffer"))
	}
	buffer := m.pick(modelBuffers, "buffer")
	switch rapid.IntRange(0, 10).Draw(m.rt, "change") {
	case 10:
		m.follow(buffer)
	case 0:
		m.must(m.log.Drop(buffer))
		delete(m.buffers, buffer)
	case 1:
		var until event.Stamp
		if rapid.Bool().Draw(m.rt, "bounded") {
			until = rapid.SampledFrom(m.stamps).Draw(m.rt, "until")
		}
		n, ticket, err := m.log.DropAuthor(context.Background(), "bob", until)
		if err != nil {
			m.rt.Fatal(err)
		}
		m.must(ticket)
		gone := 0
		for b, list := range m.buffers {
			kept := slices.DeleteFunc(slices.Clone(list), func(e *event.Event) bool {
				return e.Account == "bob" && (until.IsZero() || until.After(e.Stamp))
			})
			gone += len(m.visible(b))
			m.buffers[b] = kept
			gone -= len(m.visible(b))
		}
		if n < gone && m.limits == (history.Limits{}) {
			m.rt.Fatalf("%d are gone of %d", n, gone)
		}
	case 2:
		m.rename(buffer, m.pick(modelBuffers, "name"))
	case 3, 4, 5, 6:
		m.rewrite(buffer)
	}
}

// append appends an event that is new, or late, or there already.
func (m *model) append(buffer string) {
	e := m.event(m.pick([]string{"alice", "bob"}, "nick"), m.body(buffer))
	if rapid.IntRange(0, 4).Draw(m.rt, "late") == 0 {
		back := rapid.Uint64Range(0, 30_000<<16).Draw(m.rt, "back")
		e.Stamp = event.Stamp{Ticks: e.Ticks - back, Server: m.pick([]string{"uaaa", "ubbb"}, "server")}
	}
	if len(m.stamps) > 0 && rapid.IntRange(0, 9).Draw(m.rt, "again") == 0 {
		e.Stamp = rapid.SampledFrom(m.stamps).Draw(m.rt, "stamp")
	}
	m.stamps = append(m.stamps, e.Stamp)
	if r, ok := e.Body.(event.Redacted); ok {
		m.remove(buffer, r.MsgID) // as whoever notes that a message was redacted has done
	}
	m.log.Append(buffer, e)
	list := m.buffers[buffer]
	if m.keep[buffer] == history.Off || redacted(list, e.Stamp) {
		return
	}
	m.fleeing[e] = m.keep[buffer] == history.Ephemeral
	i, found := slices.BinarySearchFunc(list, e.Stamp, func(x *event.Event, s event.Stamp) int { return order(x.Stamp, s) })
	// What has gone beyond a bound may be added again, or not: it is not seen.
	if !found {
		m.buffers[buffer] = slices.Insert(slices.Clone(list), i, e)
	}
	m.buffers[buffer] = m.visible(buffer)
	m.pass(time.Duration(rapid.IntRange(0, 3000).Draw(m.rt, "pass")) * time.Millisecond)
}

func order(a, b event.Stamp) int {
	return cmp.Or(cmp.Compare(a.Ticks, b.Ticks), strings.Compare(a.Server, b.Server))
}

var words = []string{"tea", "Coffee", "https://x.example", "grün", "ab", "teapot", "日本", "kettle", "\u212aettle"}

func (m *model) text() string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 1, 4).Draw(m.rt, "words"), " ")
}

func (m *model) body(buffer string) event.Body {
	text := m.text()
	switch rapid.IntRange(0, 5).Draw(m.rt, "body") {
	case 0:
		if len(m.stamps) > 0 && rapid.Bool().Draw(m.rt, "redacted") {
			return event.Redacted{Buffer: buffer, MsgID: rapid.SampledFrom(m.stamps).Draw(m.rt, "what").ID()}
		}
		return event.Joined{Channel: buffer}
	case 1:
		b := event.MessageSent{Command: "TAGMSG", Target: buffer, Tags: []event.Tag{{Key: "+draft/react", Value: text}}}
		if len(m.stamps) > 0 {
			b.Tags = append(b.Tags, event.Tag{Key: "+reply", Value: rapid.SampledFrom(m.stamps).Draw(m.rt, "parent").ID()})
		}
		return b
	}
	return event.MessageSent{Command: "PRIVMSG", Target: buffer, Text: text}
}

// visible returns what may be seen of a buffer.
func (m *model) visible(buffer string) []*event.Event {
	list := m.buffers[buffer]
	if m.limits.Count > 0 {
		list = list[max(0, len(list)-m.limits.Count):]
	}
	if m.limits.Age > 0 {
		list = slices.DeleteFunc(slices.Clone(list), func(e *event.Event) bool {
			return e.Time().Before(m.time().Add(-m.limits.Age).Truncate(time.Millisecond))
		})
	}
	return list
}

func (m *model) rename(buffer, name string) {
	// A buffer in which nothing can be seen may be there or not.
	if buffer == name || len(m.visible(buffer)) == 0 || len(m.buffers[name]) > 0 && len(m.visible(name)) == 0 {
		return
	}
	ticket, err := m.log.Rename(buffer, name)
	if len(m.visible(name)) > 0 {
		if err == nil {
			m.rt.Fatal("two buffers have one name")
		}
		return
	}
	if err != nil {
		return // one that has just become empty
	}
	m.must(ticket)
	m.buffers[name] = m.buffers[buffer]
	delete(m.buffers, buffer)
	if k, ok := m.keep[buffer]; ok {
		m.keep[name] = k
		delete(m.keep, buffer)
	}
}

// redacted reports whether one of the events is stronger than one with this stamp.
func redacted(list []*event.Event, s event.Stamp) bool {
	return slices.ContainsFunc(list, func(e *event.Event) bool {
		r, ok := e.Body.(event.Redacted)
		return ok && r.MsgID == s.ID() && e.After(s)
	})
}

// remove removes an event, if there is one.
func (m *model) remove(buffer, msgid string) {
	_, _ = m.log.Rewrite(buffer, msgid, func(*event.Event) *event.Event { return nil })
	m.buffers[buffer] = slices.DeleteFunc(slices.Clone(m.visible(buffer)), func(e *event.Event) bool { return e.ID() == msgid })
}

// follow gives a buffer a policy. With a bound by count, what is seen after a restart
// would depend on what has been removed by then.
func (m *model) follow(buffer string) {
	keep := rapid.SampledFrom([]history.Keep{history.Persistent, history.Ephemeral, history.Off}).Draw(m.rt, "keep")
	if m.limits.Count > 0 && keep == history.Ephemeral {
		return
	}
	if m.keep[buffer] = keep; keep == history.Persistent {
		delete(m.keep, buffer)
	}
	m.log.SetPolicy(buffer, history.Policy{Keep: keep})
}

// restarted forgets what a log forgets that is opened again.
func (m *model) restarted() {
	clear(m.keep)
	for b, list := range m.buffers {
		m.buffers[b] = slices.DeleteFunc(slices.Clone(list), func(e *event.Event) bool { return m.fleeing[e] })
	}
}

func (m *model) rewrite(buffer string) {
	if len(m.stamps) == 0 {
		return
	}
	s := rapid.SampledFrom(m.stamps).Draw(m.rt, "stamp")
	var made *event.Event
	if rapid.Bool().Draw(m.rt, "edit") {
		made = &event.Event{Stamp: s, Source: "carol!c@h", Body: event.MessageSent{Command: "PRIVMSG", Target: buffer, Text: m.text()}}
	}
	_, err := m.log.Rewrite(buffer, s.ID(), func(*event.Event) *event.Event { return made })
	list := m.visible(buffer)
	i := slices.IndexFunc(list, func(e *event.Event) bool { return e.Stamp == s })
	if (i >= 0) != (err == nil) {
		m.rt.Fatalf("Rewrite(%q, %q): %v; the model says %d", buffer, s.ID(), err, i)
	}
	if i < 0 {
		return
	}
	list = slices.Clone(list)
	if made != nil {
		m.fleeing[made] = m.fleeing[list[i]]
	}
	if list[i] = made; made == nil {
		list = slices.Delete(list, i, i+1)
	}
	m.buffers[buffer] = list
}
