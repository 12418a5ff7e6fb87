package network

import (
	"context"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

// TestRedo: a server that was killed when it had written that a channel's history has ended, has
// moved or that a message was edited, and not yet done it, does it when it starts.
func TestRedo(t *testing.T) {
	n := newCrowd(1).nodes[0]
	log := history.New(history.Options{})
	defer log.Close()
	n.History = log
	say := func(buffer, text string) *event.Event {
		e := n.event(Actor{}, event.MessageSent{Command: "PRIVMSG", Target: buffer, Text: text})
		log.Append(buffer, e)
		return e
	}
	say("#ended", "of the channel before")
	until := n.Clock.Stamp()
	say("#ended", "of this one")
	say("#old", "moved")
	wrong := say("#tea", "worng")
	for _, b := range []event.Body{
		event.Ended{Buffer: "#ended", Until: until},
		event.Moved{From: "#old", To: "#new", Up: map[string]event.Stamp{n.Clock.Server(): n.Clock.Stamp()}},
		event.Edited{Buffer: "#tea", MsgID: wrong.ID(), Message: event.MessageSent{Command: "PRIVMSG", Target: "#tea", Text: "right"}},
		event.Points{Up: map[string]event.Stamp{}},
	} {
		n.crowd.now = n.crowd.now.Add(time.Millisecond)
		log.Append(ledgerBuffer, n.event(Actor{}, b))
	}
	for range 2 { // it makes no difference how often
		n.openLedger()
		for buffer, want := range map[string]string{"#ended": "of this one", "#old": "", "#new": "moved", "#tea": "right"} {
			list, err := log.Query(context.Background(), buffer, history.Latest(history.Point{}, 10))
			got := ""
			for _, e := range list {
				got += e.Body.(event.MessageSent).Text
			}
			if err != nil || got != want {
				t.Errorf("%s has %q, %v; want %q", buffer, got, err, want)
			}
		}
	}
}
