package state

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/modes"
)

// WHOWAS finds what searching all that happened, from its end, would find.
func TestWhowas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(0, 6).Draw(t, "size")
		w := New(casemap.ASCII, modes.Channel(), size)
		nick := rapid.SampledFrom([]string{"alice", "Alice", "bob", "carol"})
		var all []string
		for i := range rapid.IntRange(0, 30).Draw(t, "departures") {
			who := nick.Draw(t, "nick")
			all = append(all, who)
			_ = w.Update(func(tx *Tx) error {
				tx.Depart(&Identity{Nick: who}, time.Unix(int64(i), 0))
				return nil
			})
		}
		who, limit := nick.Draw(t, "asked"), rapid.IntRange(0, 3).Draw(t, "limit")
		var want, got []int64
		for i := len(all) - 1; i >= max(len(all)-size, 0); i-- {
			if casemap.ASCII.Equal(all[i], who) && (limit == 0 || len(want) < limit) {
				want = append(want, int64(i))
			}
		}
		for _, d := range w.Whowas(who, limit) {
			got = append(got, d.When.Unix())
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%s was found at %v, not at %v", who, got, want)
		}
		if n := len(w.whowas.last); n > size {
			t.Fatalf("%d nicks are remembered of %d departures", n, size)
		}
	})
}
