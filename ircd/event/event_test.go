package event

import (
	"bytes"
	"encoding/binary"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestClockGrows(t *testing.T) {
	now := time.UnixMilli(1_700_000_000_000)
	c := NewClock("uaaa", func() time.Time { return now })
	a := c.Stamp()
	now = now.Add(-time.Hour)
	b := c.Stamp()
	if !b.After(a) {
		t.Errorf("%v is not after %v, made before the wall clock went back", b, a)
	}
	other := Stamp{a.Ticks + 1<<16, "ubbb"}
	now = a.Time()
	if !c.Observe(other) {
		t.Fatal("a stamp one millisecond ahead is refused")
	}
	if d := c.Stamp(); !d.After(other) {
		t.Errorf("%v is not after %v, which was observed", d, other)
	}
	if c.Observe(Stamp{uint64(now.Add(MaxSkew+time.Second).UnixMilli()) << 16, "ubbb"}) {
		t.Error("a stamp further ahead than MaxSkew is accepted")
	}
}

func TestServerTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Stamp{uint64(rapid.Int64Range(0, 250_000_000_000_000).Draw(t, "ms")) << 16, "ua"}
		if got, want := s.ServerTime(), s.Time().Format("2006-01-02T15:04:05.000Z"); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	})
}

func TestID(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := Stamp{rapid.Uint64().Draw(t, "a"), "userver"}
		b := Stamp{rapid.Uint64().Draw(t, "b"), "userver"}
		var ticks [8]byte
		binary.BigEndian.PutUint64(ticks[:], a.Ticks)
		if want := sortable.EncodeToString(ticks[:]) + a.Server; a.ID() != want {
			t.Fatalf("the ID of %v is %q instead of %q", a, a.ID(), want)
		}
		if got, ok := ParseID(a.ID()); !ok || got != a {
			t.Fatalf("ParseID(%q) = %v, %v", a.ID(), got, ok)
		}
		if (a.ID() > b.ID()) != a.After(b) {
			t.Fatalf("IDs %q and %q are not ordered as their stamps", a.ID(), b.ID())
		}
	})
}

// TestMergeConverges: the order in which facts arrive, and how often, makes no
// difference.
func TestMergeConverges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts := rapid.SliceOf(rapid.Custom(func(t *rapid.T) Fact {
			at := Stamp{uint64(rapid.IntRange(1, 9).Draw(t, "ticks")), rapid.SampledFrom([]string{"ua", "ub"}).Draw(t, "server")}
			k := Key{Kind: Nick, Scope: rapid.SampledFrom([]string{"x", "y"}).Draw(t, "scope")}
			// One stamp is one event, which writes a key once.
			return Fact{k, Value{At: at, Text: at.ID(), Gone: at.Ticks%3 == 0}}
		})).Draw(t, "facts")
		a, b := Facts{}, Facts{}
		for _, f := range facts {
			a.Merge(f)
		}
		shuffled := rapid.Permutation(facts).Draw(t, "order")
		for _, f := range append(slices.Clone(shuffled), shuffled...) {
			b.Merge(f)
		}
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("%v and %v", a, b)
		}
	})
}

func TestCodec(t *testing.T) {
	for n, b := range bodies {
		v := reflect.New(reflect.TypeOf(b)).Elem()
		for i := range v.NumField() {
			fill(v.Field(i))
		}
		e := &Event{
			Stamp: Stamp{42 << 16, "ua"}, UID: "u1", Source: "a!b@c", Account: "a", Bot: true, Oper: "x",
			Facts: []Fact{{Key{Kind: Status, Scope: "#c", Incarnation: Stamp{1, "ub"}, A: "u", B: "o"}, Value{At: Stamp{2, "uc"}, Text: "t", Gone: true}}},
			Body:  v.Interface().(Body),
		}
		enc, err := Encode(e)
		if err != nil {
			t.Fatal(n, err)
		}
		got, err := Decode(enc)
		if err != nil || !reflect.DeepEqual(got, e) {
			t.Errorf("body %d: %+v becomes %+v (%v)", n, e, got, err)
		}
	}
}

// fill gives a field a value that is not zero.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(7)
	case reflect.Uint8, reflect.Uint64:
		if v.CanSet() { // a time has fields of its own
			v.SetUint(7)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	}
}

func TestUnknownBody(t *testing.T) {
	e := &Event{Stamp: Stamp{1, "ua"}, Body: Listed{}, Facts: []Fact{{Key: Key{Kind: Nick, Scope: "u"}}}}
	saved := numbers[reflect.TypeOf(Listed{})]
	numbers[reflect.TypeOf(Listed{})] = 255
	enc, err := Encode(e)
	numbers[reflect.TypeOf(Listed{})] = saved
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(enc)
	if err != nil || got.Body != nil || len(got.Facts) != 1 {
		t.Errorf("an event with a body of a newer server is %+v, %v", got, err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range bodies {
		enc, err := Encode(&Event{Stamp: Stamp{1, "ua"}, Body: b})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(enc)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := Decode(b)
		if err != nil || e.Body == nil {
			return
		}
		again, err := Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(again)
		if err != nil {
			t.Fatalf("%+v is not read again: %v", e, err)
		}
		// Times may have come in another form, so what is compared is what they are written as.
		if last, err := Encode(got); err != nil || !bytes.Equal(again, last) {
			t.Errorf("%+v becomes %+v (%v)", e, got, err)
		}
	})
}

// TestTimes: a time in an event is not rounded on its way.
func TestTimes(t *testing.T) {
	want := time.Date(2022, 11, 11, 11, 11, 11, 111_000_000, time.UTC)
	b, err := Encode(&Event{Stamp: Stamp{Ticks: 1 << 40, Server: "uabcdefg"}, Body: MarkedRead{Time: want}})
	if err != nil {
		t.Fatal(err)
	}
	e, err := Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	if got := e.Body.(MarkedRead).Time; !got.Equal(want) {
		t.Errorf("%v came as %v", want, got)
	}
}
