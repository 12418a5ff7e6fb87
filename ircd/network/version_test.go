package network

import (
	"testing"

	"github.com/fxamacker/cbor/v2"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/link"
)

// versionOf returns in which version of the encoding an event is.
func versionOf(t *testing.T, b []byte) (version uint8) {
	t.Helper()
	var raw map[int]cbor.RawMessage
	if err := cbor.Unmarshal(b, &raw); err != nil {
		t.Fatal(err)
	}
	if err := cbor.Unmarshal(raw[0], &version); err != nil {
		t.Fatal(err)
	}
	return version
}

// upgraded makes a server of the next version of the encoding.
func upgraded(self *link.Server) { self.Writes, self.Reads = event.Version+1, event.Version }

// TestUpgrade upgrades the servers of a network one after another to the next version of the
// encoding of events: as long as one is not upgraded, all write what that reads.
func TestUpgrade(t *testing.T) {
	c := newCrowdOf(3, func(i int, self *link.Server) {
		if i == 0 {
			upgraded(self)
		}
	})
	for i, n := range c.nodes {
		n.connect([]string{"alice", "bob", "carol"}[i])
		c.deliverAll()
	}
	for _, n := range c.nodes {
		u := n.users[0]
		if _, _, err := n.Join(Actor{User: u, Session: u.Sessions()[0]}, "#tea", "", false); err != nil {
			t.Fatal(err)
		}
		if b := c.nodes[2].inbox[0]; n == c.nodes[0] && versionOf(t, b[0]) != event.Version {
			t.Errorf("what is new writes version %d while there is a server that reads up to %d", versionOf(t, b[0]), event.Version)
		}
		c.deliverAll()
	}
	for _, n := range c.nodes[1:] {
		if got, want := n.view(), c.nodes[0].view(); got != want {
			t.Errorf("%s sees\n%s\nand not\n%s", n.Name(), got, want)
		}
	}

	// The others are upgraded, and the last of them is away for a moment.
	n := c.nodes[0]
	say := func() uint8 {
		u := n.users[0]
		if err := n.Say(Actor{User: u, Session: u.Sessions()[0]}, n.World.Channel("#tea"), event.MessageSent{Command: "PRIVMSG", Text: "hi"}); err != nil {
			t.Fatal(err)
		}
		b := c.nodes[2].inbox[0]
		c.nodes[1].inbox[0], c.nodes[2].inbox[0] = nil, nil
		return versionOf(t, b[len(b)-1])
	}
	for i, want := range []uint8{1: event.Version, 2: event.Version + 1} {
		if i == 0 {
			continue
		}
		self := c.nodes[i].Self()
		upgraded(&self)
		self.Boot = "another run"
		n.peers.get(self.SID).end(n.Clock.Now())
		if got := say(); got != event.Version {
			t.Errorf("while %s is away version %d is written, which it does not read when it comes back", self.Name, got)
		}
		n.peers.begin(self)
		n.agree()
		if got := say(); got != want {
			t.Errorf("after %d servers were upgraded, version %d is written, not %d", i+1, got, want)
		}
	}
}

// TestFromNextVersion: of an event of the next version whose narrative is not known here, what
// is so afterwards is kept all the same, and others can learn it.
func TestFromNextVersion(t *testing.T) {
	c := newCrowd(2)
	here, there := c.nodes[0], c.nodes[1]
	f := fact(event.Key{Kind: 250, Scope: "n", A: "something new"}, "so it is")
	e := there.event(Actor{}, nil, f)
	b, err := cbor.Marshal(map[int]any{
		0: event.Version, 1: e.Stamp, 7: e.Facts, 8: 255, 9: map[string]any{"Words": 1}, 99: "a field that is new",
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := here.Receive(there.Clock.Server(), b); err != nil {
		t.Fatal(err)
	}
	for _, known := range here.World.Known("n") {
		if known.Kind == 250 && known.A == "something new" && known.Text == "so it is" {
			return
		}
	}
	t.Errorf("it is not among what is known: %v", here.World.Known("n"))
}
