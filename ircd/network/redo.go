package network

import (
	"time"

	"github.com/parley-irc/parley/ircd/event"
)

// A server that is killed may have written that something was done to the history, and not
// all of what that means. So when it starts, it does again what was done of late.
func (n *Network) redo(all []*event.Event) {
	since := time.Time{}
	if s := &n.ledger.shelf; !s.last.IsZero() {
		since = s.last.Time().Add(-lately)
	}
	for _, e := range all {
		if b, ok := e.Body.(event.Ended); ok { // it costs nothing if it has been done
			n.applyEnded(b)
			continue
		}
		if e.Time().Before(since) {
			continue
		}
		switch b := e.Body.(type) {
		case event.Edited:
			_, _ = n.History.Rewrite(n.whereabouts(b.Buffer, b.MsgID), b.MsgID, n.ledger.amended) // it may be gone
		case event.Moved:
			n.applyMoved(e, b, false)
		case event.Forgotten:
			go n.dropAuthor(b.Account, e.Stamp)
		}
	}
}
