package bunt

import (
	"testing"
)

func FuzzDecode(f *testing.F) {
	f.Add("bans/k", encode("bans/k", record{kind: kindValue, count: 1, rev: 1, payload: "v"}))
	f.Add("bans/k", encode("bans/k", record{kind: kindDeleted, index: 1, count: 2, rev: 1 << 40}))
	f.Add("", "")
	f.Fuzz(func(t *testing.T, key, value string) {
		r, err := decode(key, value)
		if err == nil && encode(key, r) != value {
			t.Errorf("%q reads as %+v", value, r)
		}
	})
}

func FuzzScan(f *testing.F) {
	value := encode("bans/k", record{kind: kindValue, count: 2, rev: 7, payload: "v"})
	set := appendSet(nil, "bans/k", value)
	f.Add(set, int64(5))
	f.Add(append(set, set...), int64(500))
	f.Add([]byte("*3\r\n$3\r\nset\r\n$-1\r\n"), int64(0))
	f.Fuzz(func(t *testing.T, b []byte, synced int64) {
		s := read(b, synced)
		if s.size < 0 || s.size > int64(len(b)) {
			t.Errorf("size %d of %d bytes", s.size, len(b))
		}
		for key, value := range s.live {
			if _, err := decode(key, value); err != nil {
				t.Errorf("%s: %v", key, err)
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
