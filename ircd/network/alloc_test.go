package network

import (
	"testing"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/state"
)

// TestSayAllocations tests the budget of a message on its way to the queues: event and
// body, the texts of its tags, the room for parameters and tags, frame and bytes. Neither
// recipients nor history cost any.
func TestSayAllocations(t *testing.T) {
	for _, c := range []struct {
		name string
		kept bool
		most float64
	}{
		{"without history", false, 6},
		{"with history", true, 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log history.Log
			if c.kept {
				log = history.New(history.Options{})
				defer log.Close()
			}
			n, by, ch := room(t, 20, log)
			ch.View(func(v state.View) {
				for _, m := range v.Members() {
					for _, s := range m.Sessions() {
						s.Drop() // what queues cost is tested in package session
					}
				}
			})
			text := event.MessageSent{Command: "PRIVMSG", Text: "Would you like another cup of tea?"}
			got := testing.AllocsPerRun(500, func() {
				if err := n.Say(by, ch, text); err != nil {
					t.Fatal(err)
				}
			})
			if got > c.most {
				t.Errorf("%v allocations, at most %v", got, c.most)
			}
		})
	}
}
