package network

import (
	"context"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

// TestGivenBack: a server that was killed when it had published a message and not yet written
// it gets it back from the first that has it, and asks once.
func TestGivenBack(t *testing.T) {
	c := newCrowd(2)
	for i, n := range c.nodes {
		log := history.New(history.Options{})
		defer log.Close()
		n.History = log
		n.openLedger()
		n.connect([]string{"alice", "bob"}[i])
	}
	c.deliverAll()
	origin, other := c.nodes[0], c.nodes[1]
	other.peers.get(origin.Clock.Server()).catch(true)
	by := Actor{User: origin.users[0], Session: origin.users[0].Sessions()[0]}
	if _, _, err := origin.Join(by, "#tea", "", false); err != nil {
		t.Fatal(err)
	}
	origin.savePoints(true)
	if err := origin.Say(by, origin.World.Channel("#tea"), event.MessageSent{Command: "PRIVMSG", Text: "last words"}); err != nil {
		t.Fatal(err)
	}
	c.deliverAll()

	// Of its history, only what it had up to the points comes back with it.
	lost := history.New(history.Options{})
	defer lost.Close()
	for _, buffer := range []string{ledgerBuffer, "#tea"} {
		all, err := origin.History.Query(context.Background(), buffer, history.After(history.Point{}, 100))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range all {
			if _, said := e.Body.(event.MessageSent); !said {
				lost.Append(buffer, e)
			}
		}
	}
	origin.History = lost
	origin.openLedger()
	p := origin.peers.get(other.Clock.Server())
	p.gave = false
	origin.caughtUp.Store(true) // with a third one, which has not heard it
	asked := func() (said []string) {
		q := origin.wanted(p)
		b, err := other.answerPast(context.Background(), &q)
		if err != nil {
			t.Fatal(err)
		}
		var list pastList
		if err := cbor.Unmarshal(b, &list); err != nil {
			t.Fatal(err)
		}
		for _, x := range list.Events {
			e, err := event.Decode(x.Event)
			if err != nil {
				t.Fatal(err)
			}
			if m, ok := e.Body.(event.MessageSent); ok && e.Server == origin.Clock.Server() {
				said = append(said, m.Text)
				origin.recall(p, x.Buffer, e, nil, false)
			}
		}
		return said
	}
	if got := asked(); len(got) != 1 || got[0] != "last words" {
		t.Errorf("it gets %q", got)
	}
	if list, err := lost.Query(context.Background(), "#tea", history.Query{Kinds: history.Texts, Limit: 10}); err != nil || len(list) != 1 {
		t.Errorf("it has %v, %v", list, err)
	}
	p.give(p.info().Boot, nil)
	if got := asked(); len(got) > 0 {
		t.Errorf("it asks again for %q", got)
	}
}
