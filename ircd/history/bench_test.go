package history

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/event"
)

// said are messages as people write them: most three letters have been there before.
func said(n int) []*event.Event {
	rng := rand.New(rand.NewPCG(1, 2))
	words := make([]string, 2000)
	for i := range words {
		for range 2 + rng.IntN(6) {
			words[i] += string("etaoinshrdlucmfwypvbgkqjxz"[min(rng.IntN(26), rng.IntN(26))])
		}
	}
	clock := event.NewClock("uirc0000", time.Now)
	list := make([]*event.Event, n)
	for i := range list {
		text := ""
		for len(text) < 80 {
			text += words[min(rng.IntN(2000), rng.IntN(2000))] + " "
		}
		nick := fmt.Sprintf("somebody%d", rng.IntN(20))
		list[i] = &event.Event{
			Stamp: clock.Stamp(), UID: "uirc0000" + nick, Source: nick + "!~ident@host.example.org", Account: nick,
			Body: event.MessageSent{Command: "PRIVMSG", Target: "#tea", Text: text},
		}
	}
	return list
}

// BenchmarkBlock measures what sealing costs each entry.
func BenchmarkBlock(b *testing.B) {
	var entries []entry
	for _, e := range said(100) {
		p, err := appendEntry(nil, e)
		if err != nil {
			b.Fatal(err)
		}
		x, _ := parseEntry(string(p))
		entries = append(entries, x)
	}
	b.ReportAllocs()
	for b.Loop() {
		newBlock("d", entries)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100, "ns/entry")
}

// BenchmarkAppend measures what delivery waits for.
func BenchmarkAppend(b *testing.B) {
	list := said(4096)
	r := New(Options{Limits: Limits{Count: 5000}})
	defer r.Close()
	clock := event.NewClock("uirc0000", time.Now)
	b.ReportAllocs()
	for i := range b.N {
		e := list[i&4095]
		e.Stamp = clock.Stamp()
		r.Append("#tea", e)
	}
}

// TestAppendAllocations keeps recording cheap: a message costs no memory of its own, but now
// and then a page or a longer list.
func TestAppendAllocations(t *testing.T) {
	list := said(2000)
	r := Prepare(Options{}, nil) // nothing is sealed
	if n := testing.AllocsPerRun(len(list)-1, func() {
		r.Append("#tea", list[0])
		list = list[1:]
	}); n > 0 { // rounded down
		t.Errorf("%v allocations for a message, want none", n)
	}
}
