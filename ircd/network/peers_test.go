package network

import (
	"testing"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/link"
)

// TestToldOnce: what has been learnt from one server is not told again when the one that has
// said it publishes it, also if it was met in the meantime. That is known of the last.
func TestToldOnce(t *testing.T) {
	n := newCrowd(1).nodes[0]
	origin, other := n.peers.get("uorigin"), n.peers.get("uother")
	said := event.Stamp{Ticks: 7, Server: "uorigin"}
	other.tell(said)
	n.peers.begin(link.Server{SID: "uorigin", Name: "origin.example", Boot: "1"})
	if !origin.hasTold(said) {
		t.Error("it would be told again")
	}
	for i := range uint64(maxTold) {
		other.tell(event.Stamp{Ticks: 100 + i, Server: "uother"})
	}
	if origin.hasTold(said) || !origin.hasTold(event.Stamp{Ticks: 100, Server: "uother"}) || len(n.peers.told.all) != maxTold {
		t.Errorf("%d are noted", len(n.peers.told.all))
	}
}
