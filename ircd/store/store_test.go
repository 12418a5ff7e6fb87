package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestHolds(t *testing.T) {
	for _, tt := range []struct {
		name    string
		op      Op
		current uint64
		want    error
	}{
		{"new", Op{}, 0, nil},
		{"new, but exists", Op{}, 3, ErrExists},
		{"replaces", Op{Rev: 3}, 3, nil},
		{"replaces another revision", Op{Rev: 3}, 4, ErrConflict},
		{"replaces what is gone", Op{Rev: 3}, 0, ErrConflict},
		{"deletes any", Op{Delete: true}, 3, nil},
		{"deletes nothing", Op{Delete: true}, 0, ErrNotFound},
		{"deletes a revision", Op{Delete: true, Rev: 3}, 3, nil},
		{"deletes another revision", Op{Delete: true, Rev: 2}, 3, ErrConflict},
	} {
		if err := tt.op.Holds(tt.current); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestValidate(t *testing.T) {
	ok := Op{Shelf: "bans", Key: "k"}
	for _, tt := range []struct {
		name string
		ops  []Op
		ok   bool
	}{
		{"one", []Op{ok}, true},
		{"the same key on two shelves", []Op{ok, {Shelf: "nicks", Key: "k"}}, true},
		{"none", nil, false},
		{"too many", make([]Op, MaxOps+1), false},
		{"twice", []Op{ok, ok}, false},
		{"no key", []Op{{Shelf: "bans"}}, false},
		{"no shelf", []Op{{Key: "k"}}, false},
		{"slash in the shelf", []Op{{Shelf: "a/b", Key: "k"}}, false},
		{"long key", []Op{{Shelf: "bans", Key: strings.Repeat("k", MaxKey+1)}}, false},
		{"long value", []Op{{Shelf: "bans", Key: "k", Value: make([]byte, MaxValue+1)}}, false},
	} {
		if err := Validate(tt.ops); (err == nil) != tt.ok || err != nil && !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestOpErrorHidesValue(t *testing.T) {
	err := &OpError{Op{Shelf: "accounts", Key: "alice", Value: []byte("sesame")}, ErrExists}
	if strings.Contains(err.Error(), "sesame") {
		t.Errorf("%v", err)
	}
}

type cup struct {
	Tea   string `json:"tea"`
	Sugar int    `json:"sugar"`
}

// The first form had "name" for "tea"; the second had no sugar.
var cups = Schema[cup]{Name: "cup", Migrations: []Migration{
	func(f map[string]json.RawMessage) error {
		f["tea"] = f["name"]
		return nil
	},
	func(f map[string]json.RawMessage) error {
		f["sugar"] = json.RawMessage("2")
		return nil
	},
}}

func TestSchema(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want cup
		ok   bool
	}{
		{`{"schema":1,"record":{"name":"mint"}}`, cup{"mint", 2}, true},
		{`{"schema":2,"record":{"tea":"mint"}}`, cup{"mint", 2}, true},
		{`{"schema":3,"record":{"tea":"mint","sugar":1}}`, cup{"mint", 1}, true},
		{`{"schema":3,"record":{"tea":"mint","sugar":1},"record":{"tea":"green","sugar":2}}`, cup{"green", 2}, true},
		{` { "record": {"tea":"mint", "sugar":1}, "schema": 3 } `, cup{"mint", 1}, true},
		{`{"schema":3,"record":{"tea":"mint","sugar":1}`, cup{}, false},
		{`{"schema":3,"record":{"tea":"mint","sugar":1}}}`, cup{}, false},
		{`{"schema":3,"record":}`, cup{}, false},
		{`{"schema":0,"record":{}}`, cup{}, false},
		{`{"schema":1,"record":null}`, cup{}, false},
		{`{"schema":1,"record":7}`, cup{}, false},
		{`{}`, cup{}, false},
		{``, cup{}, false},
	} {
		got, err := cups.Decode([]byte(tt.in))
		if (err == nil) != tt.ok || got != tt.want {
			t.Errorf("Decode(%s): %+v, %v", tt.in, got, err)
		}
	}
	if _, err := cups.Decode([]byte(`{"schema":4,"record":{}}`)); !errors.Is(err, ErrNewer) {
		t.Errorf("a newer record: %v", err)
	}
	b, err := cups.Encode(cup{"green", 0})
	if err != nil || string(b) != `{"schema":3,"record":{"tea":"green","sugar":0}}` {
		t.Errorf("Encode: %s, %v", b, err)
	}
}

func FuzzSchema(f *testing.F) {
	f.Add([]byte(`{"schema":1,"record":{"name":"mint"}}`))
	f.Add([]byte(`{"schema":9}`))
	f.Add([]byte(`{"schema":3,"record":{"tea":"mint","sugar":1}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := cups.Decode(b)
		if w, werr := cups.Decode(append([]byte(" "), b...)); (werr == nil) != (err == nil) || err == nil && w != v {
			t.Fatalf("reads as %+v, %v; in another form as %+v, %v", v, err, w, werr)
		}
		if err != nil {
			return
		}
		again, err := cups.Encode(v)
		if err != nil {
			t.Fatal(err)
		}
		if w, err := cups.Decode(again); err != nil || w != v {
			t.Errorf("%+v reads as %+v, %v", v, w, err)
		}
	})
}

// TestShelves tests that no shelf is left out where all of them are gone through.
func TestShelves(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "shelves.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, s := range g.Specs {
			name, err := strconv.Unquote(s.(*ast.ValueSpec).Values[0].(*ast.BasicLit).Value)
			if err != nil || !slices.Contains(Shelves, name) {
				t.Errorf("%q is not in Shelves (%v)", name, err)
			}
			n++
		}
	}
	if n != len(Shelves) || n == 0 {
		t.Errorf("there are %d shelves, and Shelves has %d", n, len(Shelves))
	}
}

// A shelf is a Store of which only Watch is wanted.
type shelf struct {
	Store
	first []Change
	tell  func(Change)
}

func (s *shelf) Watch(_ context.Context, _ string, f func(Change)) (func(), error) {
	for _, c := range s.first {
		f(c)
	}
	s.tell = f
	return func() { s.tell = nil }, nil
}

// TestFollow: what cannot be read is an error at first, and later it is logged.
func TestFollow(t *testing.T) {
	bad := errors.New("it is of the next version")
	read := func(c Change) error {
		if c.Key == "bad" {
			return bad
		}
		return nil
	}
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	for _, tt := range []struct {
		keys []string
		want error
	}{{nil, nil}, {[]string{"a", "b"}, nil}, {[]string{"a", "bad", "b"}, bad}} {
		s := &shelf{}
		for _, key := range tt.keys {
			s.first = append(s.first, Change{Record: Record{Key: key}})
		}
		cancel, err := Follow(t.Context(), s, "teas", logger, read)
		if !errors.Is(err, tt.want) || (s.tell == nil) != (tt.want != nil) {
			t.Errorf("%q: %v; is followed: %v", tt.keys, err, s.tell != nil)
		}
		if err != nil {
			continue
		}
		log.Reset()
		if s.tell(Change{Record: Record{Key: "c"}}); log.Len() > 0 {
			t.Errorf("the log has %s", &log)
		}
		if s.tell(Change{Record: Record{Key: "bad"}}); !strings.Contains(log.String(), "shelf=teas key=bad") {
			t.Errorf("the log has only %q", log.String())
		}
		if cancel(); s.tell != nil {
			t.Error("it is followed still")
		}
	}
}
