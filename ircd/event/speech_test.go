package event

import (
	"bytes"
	"reflect"
	"testing"
)

// messages are messages as servers send them.
func messages() (all []*Event) {
	for _, m := range []MessageSent{
		{Command: "PRIVMSG", Target: "#tea", Text: "hello"},
		{Command: "NOTICE", Target: "bob", To: "uabcdefg0123456789abc", Text: "é\xff", OpsOnly: true, Shown: "x!y@z", Relayer: "r"},
		{Command: "PRIVMSG", Target: "#tea", Status: '@', Lines: []Line{{"a", false}, {"b", true}}, Tags: []Tag{{"+reply", "x"}, {"+typing", ""}}},
		{Command: "TAGMSG", Target: "#tea", Tags: []Tag{}},
		{},
	} {
		all = append(all, &Event{
			Stamp: Stamp{1 << 60, "uabcdefg"}, UID: "uabcdefg0123456789abc", Source: "a!b@c", Account: "a", Bot: true, Oper: "o",
			Body: m, Kept: []string{"#tea"},
		}, &Event{Stamp: Stamp{7, ""}, Body: m})
	}
	return all
}

func TestReadMessage(t *testing.T) {
	for _, e := range messages() {
		b, err := Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		if by, err := encode(e, Version); err != nil || !bytes.Equal(b, by) {
			t.Errorf("%+v is written as\n%x, slowly as\n%x (%v)", e, b, by, err)
		}
		fast, ok := readMessage(b)
		slow, err := decode(b)
		if !ok || err != nil || !reflect.DeepEqual(fast, slow) {
			t.Errorf("%+v reads as %+v (%v), slowly as %+v (%v)", e, fast, ok, slow, err)
		}
	}
	for _, kind := range []uint8{1, 42, 47} {
		b, err := Encode(sample(kind))
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := readMessage(b); ok {
			t.Errorf("an event of kind %d reads as %+v", kind, e)
		}
	}
}

// FuzzReadMessage compares the two ways to read an event.
func FuzzReadMessage(f *testing.F) {
	for _, e := range messages() {
		b, err := Encode(e)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		fast, ok := readMessage(b)
		if !ok {
			return
		}
		slow, err := decode(b)
		if err != nil || !reflect.DeepEqual(fast, slow) {
			t.Errorf("%x reads as %+v, slowly as %+v (%v)", b, fast, slow, err)
		}
	})
}

func BenchmarkDecodeMessage(b *testing.B) {
	data, err := Encode(messages()[0])
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(data); err != nil {
			b.Fatal(err)
		}
	}
}
