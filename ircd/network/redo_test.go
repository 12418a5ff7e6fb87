package network

import (
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/event"
)

// TestRedo: a server that was killed when it had written that a channel's history has ended, has
// moved or that a message was edited, and not yet done it, does it when it starts.
func TestRedo(t *testing.T) {
	n := newCrowd(1).nodes[0]
	log := n.remember(t)
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
		n.remembers(t, map[string]string{"#ended": "of this one", "#old": "", "#new": "moved", "#tea": "right"})
	}
}
