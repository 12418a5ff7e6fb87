package bunt

import (
	"bytes"
	"testing"

	"github.com/parley-irc/parley/ircd/history"
)

func FuzzCommand(f *testing.F) {
	f.Add(appendSet(nil, "key", "value"))
	f.Add([]byte("*2\r\n$3\r\ndel\r\n$1\r\nk\r\n"))
	f.Add([]byte("*3\r\n$3\r\nset\r\n$-1\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := parseCommand(b)
		if err != nil {
			return
		}
		if c.size > len(b) {
			t.Fatalf("%d bytes of %d", c.size, len(b))
		}
		l := newLexer(bytes.NewReader(b))
		if got, err := l.next(); err != nil || got.size != c.size || !bytes.Equal(got.key, c.key) || !bytes.Equal(got.value, c.value) {
			t.Errorf("%+v, %v; want %+v", got, err, c)
		}
	})
}

func FuzzScan(f *testing.F) {
	b := appendSet(nil, headerKey, newHeader().record())
	b = appendSet(b, "e12345", history.Record("e12345", []byte("x")))
	var m mark
	m.add("e12345", false)
	b = appendSet(b, commitKey, m.record())
	f.Add(b)
	f.Add(append(b, b...))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := check(bytes.NewReader(b), true, func(int64) {})
		if err == nil && (s.whole < 0 || s.whole > s.at || s.at > int64(len(b))) {
			t.Errorf("%+v of %d bytes", s, len(b))
		}
		var r report
		for key, record := range r.collect(b) {
			if err := history.Check(key, []byte(record)); err != nil {
				t.Errorf("%q: %v", key, err)
			}
		}
	})
}

func FuzzManifest(f *testing.F) {
	f.Add(manifest{header{"X", 1}, 2, 3}.String())
	f.Fuzz(func(t *testing.T, line string) {
		if m, ok := parseManifest(line); ok && m.String() != line {
			t.Errorf("%q reads as %v", line, m)
		}
	})
}
