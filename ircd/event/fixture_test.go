package event

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

var record = flag.Bool("record", false, "write the fixture of the present encoding anew; only before it has been released")

// sample returns an event of a body with something in every field.
func sample(kind uint8) *Event {
	p := reflect.New(reflect.TypeOf(bodies[kind]))
	n := int64(0)
	furnish(p.Elem(), &n)
	stamp := Stamp{Ticks: 111_411_200_000_000_000 + uint64(kind), Server: "uabcdefg"}
	return &Event{
		Stamp: stamp, UID: "uabcdefg0123456789abc", Source: "nick!user@host", Account: "account", Bot: true, Oper: "title",
		Facts: []Fact{{
			Key{Kind: Status, Scope: "#tea", Incarnation: Stamp{Ticks: 7, Server: "uabcdefg"}, A: "a", B: "b"},
			Value{At: stamp, Text: "text", Gone: true},
		}},
		Body: p.Elem().Interface().(Body),
	}
}

// furnish gives every field of v another value.
func furnish(v reflect.Value, n *int64) {
	*n++
	switch {
	case v.Type() == reflect.TypeOf(time.Time{}):
		v.Set(reflect.ValueOf(time.Unix(1_700_000_000+*n, 0).UTC()))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			furnish(v.Field(i), n)
		}
	case v.Kind() == reflect.Slice:
		s := reflect.MakeSlice(v.Type(), 1, 1)
		furnish(s.Index(0), n)
		v.Set(s)
	case v.Kind() == reflect.Map:
		m, key, value := reflect.MakeMap(v.Type()), reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		furnish(key, n)
		furnish(value, n)
		m.SetMapIndex(key, value)
		v.Set(m)
	case v.Kind() == reflect.String:
		v.SetString(fmt.Sprintf("text %d", *n))
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.CanInt():
		v.SetInt(*n)
	case v.CanUint():
		v.SetUint(uint64(*n))
	}
}

// TestFixtures reads what earlier versions have written: one line for each body, with
// its number, what it is in JSON, and its bytes.
func TestFixtures(t *testing.T) {
	if *record {
		writeFixture(t)
	}
	files, err := filepath.Glob("testdata/events-*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no fixtures", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			words := strings.SplitN(strings.TrimSpace(line), " ", 3)
			b, err := hex.DecodeString(words[1])
			if err != nil {
				t.Fatal(err)
			}
			e, err := Decode(b)
			if err != nil {
				t.Errorf("%s: body %s does not read: %v", file, words[0], err)
				continue
			}
			if got := asJSON(t, e); !contains(t, got, []byte(words[2])) {
				t.Errorf("%s: body %s reads as\n%s\nwanted\n%s", file, words[0], got, words[2])
			}
		}
	}
}

func writeFixture(t *testing.T) {
	var b bytes.Buffer
	var kinds []uint8
	for kind := range bodies {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	for _, kind := range kinds {
		e := sample(kind)
		data, err := Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%d %x %s\n", kind, data, asJSON(t, e))
	}
	if err := os.WriteFile(fmt.Sprintf("testdata/events-%d.txt", Version), b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func asJSON(t *testing.T, e *Event) []byte {
	b, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// contains reports whether got has all that want has: it may have fields that are
// younger.
func contains(t *testing.T, got, want []byte) bool {
	var g, w any
	if json.Unmarshal(got, &g) != nil || json.Unmarshal(want, &w) != nil {
		t.Fatal("the fixture is no JSON")
	}
	return within(w, g)
}

func within(want, got any) bool {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		for key, value := range w {
			ok = ok && within(value, g[key])
		}
		return ok
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return false
		}
		for i := range w {
			ok = ok && within(w[i], g[i])
		}
		return ok
	}
	return reflect.DeepEqual(want, got)
}
