package network

import (
	"strconv"
	"strings"

	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
)

// The functions below are MONITOR. What a session watches is known to its server
// alone, so nothing is published. Replies are queued under the World's lock:
// what is said of a nick is then never older than a notification that follows or
// precedes it. https://ircv3.net/specs/extensions/monitor

// Watch adds nicks to those that the session watches, and tells it which of the new
// ones are online, and for which there was no room.
func (n *Network) Watch(by Actor, nicks []string) {
	limit := n.Config().Limits.Monitor
	_ = n.World.Update(func(tx *state.Tx) error {
		var added, refused []string
		for _, nick := range nicks {
			switch isNew, ok := tx.Watch(by.User, by.Session, nick, limit); {
			case !ok:
				refused = append(refused, nick)
			case isNew:
				added = append(added, nick)
			}
		}
		n.tellPresence(tx, by, added)
		for _, part := range fill(refused, len(","), 350) { // leaves room for the text
			full := n.Numeric(by.Nick(), numerics.MonListFull.With(strconv.Itoa(limit), strings.Join(part, ",")))
			by.Session.ReplyMessage(&full)
		}
		return nil
	})
}

// Unwatch removes nicks from those that the session watches.
func (n *Network) Unwatch(by Actor, nicks []string) {
	_ = n.World.Update(func(tx *state.Tx) error {
		for _, nick := range nicks {
			tx.Unwatch(by.Session, nick)
		}
		return nil
	})
}

// UnwatchAll removes all nicks that the session watches.
func (n *Network) UnwatchAll(by Actor) {
	_ = n.World.Update(func(tx *state.Tx) error { tx.UnwatchAll(by.Session); return nil })
}

// Watched returns the nicks that the session watches, as they were written, sorted.
func (n *Network) Watched(by Actor) (nicks []string) {
	_ = n.World.Update(func(tx *state.Tx) error { nicks = tx.Watched(by.Session); return nil })
	return nicks
}

// TellPresence tells the session which of the nicks are online.
func (n *Network) TellPresence(by Actor, nicks []string) {
	_ = n.World.Update(func(tx *state.Tx) error { n.tellPresence(tx, by, nicks); return nil })
}

func (n *Network) tellPresence(tx *state.Tx, by Actor, nicks []string) {
	var online, offline []string
	for _, nick := range nicks {
		if u := tx.User(nick); u != nil {
			online = append(online, u.Source())
		} else {
			offline = append(offline, nick)
		}
	}
	n.replyLines(by, numerics.MonOnline.With(), online)
	n.replyLines(by, numerics.MonOffline.With(), offline)
}

func (n *Network) replyLines(by Actor, r numerics.Reply, words []string) {
	for _, m := range n.NumericLines(by.Nick(), r, ",", words) {
		by.Session.ReplyMessage(&m)
	}
}
