package state

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var metaKey = regexp.MustCompile(`\A[a-z0-9_./-]+\z`)

// FuzzValidMetaKey compares the check with the grammar of the specification, and
// sees to it that what is valid is one word on a line and in a capability's value.
func FuzzValidMetaKey(f *testing.F) {
	for _, key := range []string{"", "avatar", "display-name", "example.org/a_b", "Avatar", "a b", ":a", "é", "a\x00", "a,b", strings.Repeat("a", 64)} {
		f.Add(key, 48)
	}
	f.Fuzz(func(t *testing.T, key string, max int) {
		want := metaKey.MatchString(key) && len(key) <= max
		if got := ValidMetaKey(key, max); got != want {
			t.Errorf("ValidMetaKey(%q, %d) = %v", key, max, got)
		}
	})
}

// TestMetadata compares metadata with a map, and checks that what readers have
// does not change.
func TestMetadata(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m Metadata
		want := map[string]string{}
		for range rapid.IntRange(0, 30).Draw(t, "steps") {
			key, value := rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "key"), rapid.StringN(0, 3, -1).Draw(t, "value")
			old, copied := m, slices.Clone(m)
			if rapid.Bool().Draw(t, "set") {
				m, want[key] = m.With(key, value), value
			} else {
				m = m.Without(key)
				delete(want, key)
			}
			if !slices.Equal(old, copied) {
				t.Fatalf("%v became %v", copied, old)
			}
		}
		size := 0
		for _, key := range slices.Sorted(maps.Keys(want)) {
			if value, ok := m.Get(key); !ok || value != want[key] {
				t.Fatalf("%v, want %v", m, want)
			}
			size += len(key) + len(want[key])
		}
		if len(m) != len(want) || m.Size() != size {
			t.Fatalf("%v of %d bytes, want %v of %d", m, m.Size(), want, size)
		}
	})
}
