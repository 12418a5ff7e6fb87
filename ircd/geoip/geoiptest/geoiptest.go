// Package geoiptest writes files of places of addresses for tests, as far as those need
// what the format has.
//
// See https://maxmind.github.io/MaxMind-DB/.
package geoiptest

import (
	"encoding/binary"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

type (
	// An Object is what is said of a network.
	Object map[string]any
	long   uint64
)

func encode(b []byte, v any) []byte {
	switch v := v.(type) {
	case Object:
		b = append(b, 7<<5|byte(len(v)))
		for _, k := range slices.Sorted(maps.Keys(v)) {
			b = encode(encode(b, k), v[k])
		}
	case string:
		if len(v) < 29 {
			b = append(b, 2<<5|byte(len(v)))
		} else {
			b = append(b, 2<<5|29, byte(len(v)-29))
		}
		b = append(b, v...)
	case uint16:
		b = binary.BigEndian.AppendUint16(append(b, 5<<5|2), v)
	case uint32:
		b = binary.BigEndian.AppendUint32(append(b, 6<<5|4), v)
	case long:
		b = binary.BigEndian.AppendUint64(append(b, 8, 2), uint64(v))
	case []string:
		b = append(b, byte(len(v)), 4)
		for _, s := range v {
			b = encode(b, s)
		}
	}
	return b
}

// File writes a file in which some networks of IPv6, which has those of IPv4 in ::/96, have
// something.
func File(t *testing.T, networks map[string]Object) string {
	t.Helper()
	type node [2]int // more than a million is data
	tree, data := []node{{-1, -1}}, []byte{}
	for text, what := range networks {
		p := netip.MustParsePrefix(text)
		bytes, bits := p.Addr().As16(), p.Bits()
		if p.Addr().Is4() {
			v4 := p.Addr().As4()
			bytes, bits = [16]byte{12: v4[0], v4[1], v4[2], v4[3]}, bits+96
		}
		at := 0
		for i := range bits {
			side := bytes[i/8] >> (7 - i%8) & 1
			if i == bits-1 {
				tree[at][side] = 1_000_000 + len(data)
				break
			}
			if tree[at][side] < 0 {
				tree = append(tree, node{-1, -1})
				tree[at][side] = len(tree) - 1
			}
			at = tree[at][side]
		}
		data = encode(data, what)
	}
	var b []byte
	for _, n := range tree {
		for _, to := range n {
			switch {
			case to < 0:
				to = len(tree)
			case to >= 1_000_000:
				to = to - 1_000_000 + len(tree) + 16
			}
			b = append(b, byte(to>>16), byte(to>>8), byte(to))
		}
	}
	b = append(append(b, make([]byte, 16)...), data...)
	b = append(b, "\xab\xcd\xefMaxMind.com"...)
	b = encode(b, Object{
		"node_count": uint32(len(tree)), "record_size": uint16(24), "ip_version": uint16(6), "database_type": "Test", "languages": []string{"en"},
		"binary_format_major_version": uint16(2), "binary_format_minor_version": uint16(0), "build_epoch": long(1), "description": Object{"en": "test"},
	})
	path := filepath.Join(t.TempDir(), "test.mmdb")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
