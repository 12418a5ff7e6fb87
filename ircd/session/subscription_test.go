package session

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestSubscription compares a subscription with a set.
func TestSubscription(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var u Subscription
		want := map[string]bool{}
		keys := []string{"avatar", "bot", "color", "status", "x/y"}
		for range rapid.IntRange(0, 20).Draw(t, "steps") {
			key, before := rapid.SampledFrom(keys).Draw(t, "key"), slices.Clone(u)
			old := u
			if rapid.Bool().Draw(t, "add") {
				isNew := false
				if u, isNew = u.With(key); isNew == want[key] {
					t.Fatalf("%v.With(%q): isNew is %v", old, key, isNew)
				}
				want[key] = true
			} else {
				u = u.Without(key)
				delete(want, key)
			}
			if !slices.Equal(old, before) {
				t.Fatalf("%v became %v, but readers have it", before, old)
			}
		}
		for _, key := range keys {
			if u.Has(key) != want[key] {
				t.Fatalf("%v.Has(%q) is %v", u, key, u.Has(key))
			}
		}
		if !slices.IsSorted(u) || len(u) != len(want) {
			t.Fatalf("%v, want the keys of %v in order", u, want)
		}
	})
}
