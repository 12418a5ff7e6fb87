package history

import (
	"reflect"
	"strings"
	"testing"

	"github.com/parley-irc/parley/ircd/event"
)

// edited is a message that had two other texts.
func edited() *event.Event {
	at := func(ticks uint64) event.Stamp { return event.Stamp{Ticks: ticks, Server: "0AA"} }
	return &event.Event{Stamp: at(1 << 20), Source: "a!b@c", Body: event.MessageSent{
		Command: "PRIVMSG", Target: "#tea", Text: "three", Edited: at(3 << 20),
		Trail: []event.Wording{{At: at(1 << 20), Text: "one"}, {At: at(2 << 20), Lines: []event.Line{{Text: "two"}, {}, {Text: "2", Concat: true}}}},
	}}
}

func TestTrail(t *testing.T) {
	want := edited()
	b, err := appendEntry(nil, want)
	if err != nil {
		t.Fatal(err)
	}
	e, ok := parseEntry(string(b))
	if !ok {
		t.Fatal("the entry does not read")
	}
	if got, err := e.event(); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v becomes %+v (%v)", want, got, err)
	}
}

// TestTrailDamaged checks that a trail that does not read is an error, and no panic.
func TestTrailDamaged(t *testing.T) {
	for _, v := range []string{"", "short", strings.Repeat("\x00", 8) + "\x05abc", strings.Repeat("\x00", 9) + "\x0a\x7fx"} {
		if w, ok := parseWording(v); ok {
			t.Errorf("%q reads as %+v", v, w)
		}
	}
}
