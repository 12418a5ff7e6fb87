package history

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/parley-irc/parley/ircd/event"
)

// fill gives every field a value that is not zero, so that one which the encoding does not
// know is noticed.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Uint8, reflect.Uint64:
		v.SetUint(7)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0))
		fill(v.Index(1))
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	}
}

func roundTrip(t *testing.T, e *event.Event) *event.Event {
	t.Helper()
	b, err := appendEntry(nil, e)
	if err != nil {
		t.Fatal(err)
	}
	got, ok := parseEntry(string(b))
	if !ok || got.stamp != e.Stamp || got.kind != kindOf(e.Body) {
		t.Fatalf("%+v, %v", got, ok)
	}
	ev, err := got.event()
	if err != nil {
		t.Fatal(err)
	}
	return ev
}

// TestEveryField: no field of an event or a message is forgotten, also one that package event
// has been given since.
func TestEveryField(t *testing.T) {
	for _, command := range []string{"PRIVMSG", "NOTICE", "TAGMSG", "REDACT", ""} {
		var e event.Event
		var m event.MessageSent
		fill(reflect.ValueOf(&m).Elem())
		m.Command = command
		v := reflect.ValueOf(&e).Elem()
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; name != "Body" && name != "Facts" && name != "Kept" {
				fill(v.Field(i))
			}
		}
		e.Body = m
		if got := roundTrip(t, &e); !reflect.DeepEqual(got, &e) {
			t.Errorf("%+v becomes %+v", e, got)
		}
	}
	e := &event.Event{Stamp: event.Stamp{Ticks: 1, Server: "u"}, Body: event.MessageSent{Command: "PRIVMSG"}}
	if got := roundTrip(t, e); !reflect.DeepEqual(got, e) {
		t.Errorf("an empty message becomes %+v", got)
	}
	e.Body = event.Kicked{Channel: "#c", Target: "u", Reason: "bye", Removed: true}
	if got := roundTrip(t, e); !reflect.DeepEqual(got, e) {
		t.Errorf("%+v becomes %+v", e, got)
	}
}

// TestNewerFields: a field of a newer version is skipped when read, and kept in a block.
func TestNewerFields(t *testing.T) {
	e := &event.Event{Stamp: event.Stamp{Ticks: 1 << 20, Server: "ua"}, Body: event.MessageSent{Command: "PRIVMSG", Text: "a"}}
	b, err := appendEntry(nil, e)
	if err != nil {
		t.Fatal(err)
	}
	b = appendField(b, 200, "from the future")
	newer, _ := parseEntry(string(b))
	if got, err := newer.event(); err != nil || !reflect.DeepEqual(got, e) {
		t.Errorf("%+v, %v", got, err)
	}
	list, err := func() ([]entry, error) { made := newBlock("k", []entry{newer, newer}); return made.entries() }()
	if err != nil || len(list) != 2 || list[1].payload != string(b) {
		t.Errorf("%v, %v", list, err)
	}
	whole := Payload(string(append(begin(nil), b...)))
	if whole != string(b) {
		t.Error("a payload is not what was put in")
	}
	kind := []byte(whole)
	kind[0] = 2<<4 | 1
	unknown, ok := parseEntry(string(kind))
	if _, err := unknown.event(); !ok || err == nil {
		t.Error("an entry of a newer version reads")
	}
}

func FuzzEntry(f *testing.F) {
	for _, b := range []event.Body{
		event.MessageSent{Command: "NOTICE", Text: "a", Tags: []event.Tag{{Key: "+k", Value: "v"}}, Lines: []event.Line{{Text: "x", Concat: true}}},
		event.Joined{Channel: "#c"},
	} {
		enc, err := appendEntry(nil, &event.Event{Stamp: event.Stamp{Ticks: 1, Server: "ua"}, Source: "a!b@c", Body: b})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(enc))
	}
	f.Fuzz(func(t *testing.T, p string) {
		e, ok := parseEntry(p)
		if !ok {
			return
		}
		e.text(nil)
		e.parents(func(string) {})
		ev, err := e.event()
		if err != nil {
			return
		}
		enc, err := appendEntry(nil, ev)
		if err != nil {
			t.Fatal(err)
		}
		again, ok := parseEntry(string(enc))
		if !ok {
			t.Fatal("it does not read again")
		}
		if got, err := again.event(); err != nil || fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", ev) {
			t.Errorf("%#v becomes %#v (%v)", ev, got, err)
		}
	})
}

func FuzzBlock(f *testing.F) {
	enc, err := appendEntry(nil, &event.Event{Stamp: event.Stamp{Ticks: 1, Server: "ua"}, Body: event.MessageSent{Text: "a text"}})
	if err != nil {
		f.Fatal(err)
	}
	e, _ := parseEntry(string(enc))
	f.Add(newBlock("k", []entry{e, e, e, e, e}).record)
	f.Add(newBlock("k", []entry{e}).record)
	f.Fuzz(func(t *testing.T, record string) {
		b, err := parseBlock(record)
		if err != nil {
			return
		}
		if f := featureOf(ofID, "x"); b.signature().has2(f) && !b.signature().has(f) {
			t.Error("a feature is there twice and not once")
		}
		list, err := b.entries()
		if err == nil && len(list) > len(record)*200 {
			t.Errorf("%d entries of %d bytes", len(list), len(record))
		}
	})
}

// TestSignature: what is in a block is always found, and what is not hardly ever is.
func TestSignature(t *testing.T) {
	var list []entry
	for i := range 100 {
		enc, err := appendEntry(nil, &event.Event{
			Stamp: event.Stamp{Ticks: uint64(i + 1), Server: "ua"}, Source: fmt.Sprintf("nick%d!u@h", i), Account: fmt.Sprintf("Account%d", i),
			Body: event.MessageSent{Text: fmt.Sprintf("some text %x that differs %x", i*7919, i*104729)},
		})
		if err != nil {
			t.Fatal(err)
		}
		e, _ := parseEntry(string(enc))
		list = append(list, e)
	}
	made := newBlock("k", list)
	s := made.signature()
	wrong := 0
	for i := range 100 {
		if !s.has2(featureOf(ofName, fmt.Sprintf("account%d", i))) || !s.has2(idOf(list[i].stamp)) {
			t.Fatal("something is missing")
		}
		for j := range 10 {
			if s.has2(featureOf(ofName, fmt.Sprintf("other%d-%d", i, j))) {
				wrong++
			}
		}
	}
	if wrong > 50 || len(s) > 4096 {
		t.Errorf("%d of 1000 are found that are not there, with %d bytes", wrong, len(s))
	}
	for _, w := range []string{"that", "differs", "iffer", "me", "rs", "x", "7"} {
		for _, f := range wordFeatures(nil, []byte(w)) {
			if !s.has(f) {
				t.Fatalf("%q is missing", w)
			}
		}
	}
	wrong, all := 0, 0
	for c := byte('!'); c < 'z'; c++ {
		for _, w := range [][]byte{{c}, {c, 'z'}, {'q', c}, {c, ' '}} {
			for _, f := range wordFeatures(nil, w) { // none of what is no word
				if all++; s.has(f) && !strings.Contains("some text that differs 0123456789abcdef", string(w)) {
					wrong++
				}
			}
		}
	}
	if wrong > all/5 || all < 200 {
		t.Errorf("%d of %d short words are found that are not there", wrong, all)
	}
}

// TestLower8: eight bytes at a time are folded as they are one by one.
func TestLower8(t *testing.T) {
	for c := range 256 {
		for _, other := range []byte{0, 'A', 'Z', 'a', 0x7f, 0x80, 0xff} {
			in := []byte{other, byte(c), other, 'M', byte(c), 0xff, other, byte(c)}
			var want [8]byte
			for i, b := range in {
				want[i] = lower[b]
			}
			var got [8]byte
			binary.LittleEndian.PutUint64(got[:], lower8(binary.LittleEndian.Uint64(in)))
			if got != want {
				t.Fatalf("%q becomes %q, want %q", in, got, want)
			}
		}
	}
}

// TestWords: words end at what is in none, wherever they are, and no two short ones are
// taken for the same.
func TestWords(t *testing.T) {
	s := sketch{seed: 1}
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(rapid.StringMatching(`[a-d \x02\n\x{e9}]{0,40}`).Draw(t, "text"))
		var got []string
		hashes := map[uint64]string{}
		padded := append(slices.Clone(text), "        "...)
		for i := 0; i < len(text); {
			h, end := s.wordAt(padded, i)
			if word := string(text[i:end]); word != "" {
				if other, known := hashes[h]; known && other != word {
					t.Errorf("%q is taken for %q", word, other)
				}
				got, hashes[h] = append(got, word), word
			}
			i = end + 1
		}
		want := strings.FieldsFunc(string(text), func(r rune) bool { return r <= ' ' })
		if !slices.Equal(got, want) {
			t.Errorf("%q has the words %q, not %q", text, got, want)
		}
	})
}
