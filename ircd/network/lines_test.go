package network

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Whatever the words are, none is lost, none is alone that fits with the one
// before, and what fits at all is within the room.
func TestFill(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOf(rapid.StringMatching(`[a-z]{1,12}`)).Draw(t, "words")
		room := rapid.IntRange(1, 40).Draw(t, "room")
		groups := fill(words, 1, room)
		var all []string
		last := ""
		for i, g := range groups {
			line := strings.Join(g, ",")
			if len(line) > room && len(g) > 1 {
				t.Fatalf("%q is longer than %d", line, room)
			}
			if i > 0 && len(last)+1+len(g[0]) <= room {
				t.Fatalf("%q had room for %q", last, g[0])
			}
			all, last = append(all, g...), line
		}
		if strings.Join(all, ",") != strings.Join(words, ",") {
			t.Fatalf("%q became %q", words, all)
		}
	})
}
