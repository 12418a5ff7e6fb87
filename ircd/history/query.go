package history

import (
	"time"

	"github.com/parley-irc/parley/ircd/event"
)

// A Point is a position in a buffer: an event, or a millisecond, which is that of
// all events in it. The event itself need not be there. The zero Point is none.
type Point struct {
	from, to event.Stamp // the first and the last stamp at that point
}

// ID returns the position of the event with this msgid, or false if it cannot be
// a msgid of ours.
func ID(msgid string) (p Point, ok bool) {
	s, ok := event.ParseID(msgid)
	return Of(s), ok && !s.IsZero()
}

// Of returns the position of the event with this stamp.
func Of(s event.Stamp) Point { return Point{s, s} }

// At returns the position of a time, to the millisecond.
func At(t time.Time) Point {
	s := event.At(t)
	return Point{s, event.Stamp{Ticks: s.Ticks | 0xffff, Server: "\xff"}}
}

// IsZero reports whether p is no position.
func (p Point) IsZero() bool { return p.to.IsZero() }

// A Query asks for events of one buffer: for the first, or the last, of those
// between two points. The functions below make those of CHATHISTORY.
// https://ircv3.net/specs/extensions/chathistory
type Query struct {
	// After and Before bound the range, and are not in it. Zero is no bound.
	After, Before Point
	// Since and Until are what of the buffer the asker may read at all: the
	// first event, and the first that is too late. Zero is no bound.
	Since, Until event.Stamp
	// Around asks for events before, at and after a point instead; After,
	// Before and Last are not used then.
	Around Point
	// Last asks for the last events of the range rather than the first. They
	// are returned in ascending order all the same.
	Last bool
	// Limit is how many events are returned at most.
	Limit int
	// Kinds are the kinds of events; 0 is all.
	Kinds Kinds
	// Keep decides which events count; nil is all. It may be slow.
	Keep func(*event.Event) bool
}

// Latest asks for the last n events after a point, or the last of all.
func Latest(after Point, n int) Query { return Query{After: after, Last: true, Limit: n} }

// Before asks for the n events before a point.
func Before(p Point, n int) Query { return Query{Before: p, Last: true, Limit: n} }

// After asks for the n events after a point.
func After(p Point, n int) Query { return Query{After: p, Limit: n} }

// Around asks for n events before, at and after a point.
func Around(p Point, n int) Query { return Query{Around: p, Limit: n} }

// Between asks for the n events nearest to the first point, of those between the
// two. The first point may be the later one.
func Between(first, second Point, n int) Query {
	if first.from.After(second.from) {
		return Query{After: second, Before: first, Last: true, Limit: n}
	}
	return Query{After: first, Before: second, Limit: n}
}

// Kinds is a set of kinds of events.
type Kinds uint8

// The kinds of events.
const (
	Texts  Kinds = 1 << iota // PRIVMSG and NOTICE
	Tags                     // TAGMSG
	Events                   // all others
)

// kindOf returns the kind of an event.
func kindOf(b event.Body) Kinds {
	m, ok := b.(event.MessageSent)
	switch {
	case !ok:
		return Events
	case m.Command == "TAGMSG":
		return Tags
	}
	return Texts
}

// A span is a range of stamps.
type span struct {
	lo, hi         event.Stamp // a zero hi is no bound
	loOpen, hiOpen bool        // the bound itself is not in it
}

// between returns what is after one point and before another.
func between(after, before Point) span {
	return span{lo: after.to, loOpen: !after.IsZero(), hi: before.from, hiOpen: true}.noHi(before.IsZero())
}

func (s span) noHi(none bool) span {
	if none {
		s.hi, s.hiOpen = event.Stamp{}, false
	}
	return s
}

func only(s event.Stamp) span { return span{lo: s, hi: s} }

// early reports whether s is before the span.
func (sp *span) early(s event.Stamp) bool {
	return sp.lo.After(s) || sp.loOpen && s == sp.lo
}

// late reports whether s is after the span.
func (sp *span) late(s event.Stamp) bool {
	if sp.hi.IsZero() {
		return sp.hiOpen // before the beginning of time
	}
	return s.After(sp.hi) || sp.hiOpen && s == sp.hi
}
