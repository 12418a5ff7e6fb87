package network

import (
	"context"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

// TestGivenBack: a server that was killed when it had published a message and not yet written
// it gets it back from the first that has it, and asks once.
func TestGivenBack(t *testing.T) {
	c := newCrowd(2)
	for i, n := range c.nodes {
		n.remember(t)
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

	origin.loseWords(t, "#tea")
	p := origin.peers.get(other.Clock.Server())
	p.gave = false
	origin.caughtUp.Store(true) // with a third one, which has not heard it
	if got := origin.askFor(t, p, other); len(got) != 1 || got[0] != "last words" {
		t.Errorf("it gets %q", got)
	}
	origin.remembers(t, map[string]string{"#tea": "last words"})
	p.give(p.info().Boot, nil)
	if got := origin.askFor(t, p, other); len(got) > 0 {
		t.Errorf("it asks again for %q", got)
	}
}

// loseWords starts a server anew, with all that it had but for what was said in a channel.
func (n *crowdNode) loseWords(t *testing.T, channel string) {
	had := n.History
	lost := n.remember(t)
	for _, buffer := range []string{ledgerBuffer, channel} {
		all, err := had.Query(context.Background(), buffer, history.After(history.Point{}, 100))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range all {
			if _, said := e.Body.(event.MessageSent); !said {
				lost.Append(buffer, e)
			}
		}
	}
	n.openLedger()
}

// askFor lets a server ask another one, which it knows as p, for the past. It returns what it
// gets of its own words, and keeps that.
func (n *crowdNode) askFor(t *testing.T, p *peer, other *crowdNode) (said []string) {
	q := n.wanted(p)
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
		if m, ok := e.Body.(event.MessageSent); ok && e.Server == n.Clock.Server() {
			said = append(said, m.Text)
			n.recall(p, x.Buffer, e, nil, false)
		}
	}
	return said
}

// TestAhead: what is refused, because it is of a time that is yet to come, is missed and not
// taken for known.
func TestAhead(t *testing.T) {
	c := newCrowd(2)
	n, other := c.nodes[0], c.nodes[1]
	p := n.peers.get(other.Clock.Server())
	p.catch(true)
	take := func(at time.Duration) event.Stamp {
		e := &event.Event{Stamp: event.At(c.now.Add(at)), Body: event.Found{}, Kept: []string{"#tea"}}
		e.Server = other.Clock.Server()
		b, err := event.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		if err := n.take(p, b); err != nil {
			t.Fatal(err)
		}
		return e.Stamp
	}
	now := take(0)
	if up := n.points()[now.Server]; up != now || !p.isCaught() || !p.hasFound() {
		t.Errorf("it has all up to %v, and not up to %v", up, now)
	}
	take(time.Hour)
	if up := n.points()[now.Server]; up != now || p.isCaught() {
		t.Errorf("it has all up to %v", up)
	}
}

// TestWithout: of a page, only what is not here is looked at.
func TestWithout(t *testing.T) {
	c := newCrowd(1)
	n := c.nodes[0]
	log := n.remember(t)
	n.openLedger()
	var page []past
	for i := range 1000 {
		e := &event.Event{Stamp: event.At(c.now.Add(time.Duration(i) * time.Millisecond)), Body: event.MessageSent{Command: "PRIVMSG", Target: "#tea", Text: "hi"}}
		e.Server = "uother000"
		if i%2 == 0 {
			log.Append("#tea", e)
		}
		page = append(page, past{"#tea", e})
	}
	rest := n.without(context.Background(), page, nil)
	if len(rest) != 500 || rest[0].Event != page[1].Event {
		t.Errorf("%d of 500 are looked at", len(rest))
	}
	for _, x := range rest {
		if n.holds("#tea", x.ID()) {
			t.Errorf("%s is here", x.ID())
		}
	}
}
