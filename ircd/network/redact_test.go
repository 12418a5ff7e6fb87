package network

import (
	"context"
	"testing"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

// TestRedactedBeforeSaid: a server that hears of a deletion before it hears of the message
// does not keep the message, and all come to the same history.
func TestRedactedBeforeSaid(t *testing.T) {
	c := newCrowd(3)
	for i, n := range c.nodes {
		n.remember(t)
		n.connect([]string{"op", "alice", "carol"}[i])
	}
	c.deliverAll()
	var by []Actor
	for _, n := range c.nodes {
		a := Actor{User: n.users[0], Session: n.users[0].Sessions()[0]}
		if _, _, err := n.Join(a, "#tea", "", false); err != nil {
			t.Fatal(err)
		}
		by = append(by, a)
		c.deliverAll()
	}
	alice := c.nodes[1]
	if err := alice.Say(by[1], alice.World.Channel("#tea"), event.MessageSent{Command: "PRIVMSG", Text: "a secret"}); err != nil {
		t.Fatal(err)
	}
	said, err := alice.History.Query(context.Background(), "#tea", history.Query{Kinds: history.Texts, Limit: 1})
	if err != nil || len(said) != 1 {
		t.Fatal(said, err)
	}
	if err := alice.Edit(by[1], "#tea", said[0].ID(), "a better secret", nil); err != nil {
		t.Fatal(err)
	}
	c.deliver(0, 1)
	c.deliver(0, 1)
	if err := c.nodes[0].Redact(by[0], "#tea", said[0].ID(), ""); err != nil {
		t.Fatal(err)
	}
	c.deliver(2, 0) // the deletion comes first
	c.deliverAll()
	for i, n := range c.nodes {
		list, err := n.History.Query(context.Background(), "#tea", history.Latest(history.Point{}, 10))
		if err != nil || len(list) != 4 { // three joins and the deletion
			t.Errorf("server %d has %d events, %v", i, len(list), err)
		}
		for _, e := range list {
			if m, ok := e.Body.(event.MessageSent); ok {
				t.Errorf("server %d has %q", i, m.Text)
			}
		}
		ledger, err := n.History.Query(context.Background(), ledgerBuffer, history.Latest(history.Point{}, 10))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range ledger {
			if edit, ok := e.Body.(event.Edited); ok {
				t.Errorf("the ledger of server %d has %q", i, edit.Message.Text)
			}
		}
	}
}
