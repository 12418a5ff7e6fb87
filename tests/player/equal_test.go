package player

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/state"
)

// check compares the servers, and what the clients know with what is so.
func (w *watchers) check(b *bubble) error {
	first := dump(b.servers[w.places[0]].server)
	for _, place := range w.places[1:] {
		if other := dump(b.servers[place].server); other != first {
			return fmt.Errorf("%s:\n%s%s:\n%s", w.places[0], first, place, other)
		}
	}
	if err := w.checkPast(b); err != nil {
		return err
	}
	for _, place := range w.places { // nothing is kept that counts for nothing
		if left := b.servers[place].server.Network.World.Collect(func(event.Stamp) bool { return false }); left > 0 {
			return fmt.Errorf("%s remembers %d things that everybody has seen the end of", place, left)
		}
	}
	for name := range w.accounts {
		for _, place := range w.places {
			if b.servers[place].users.Lookup("account-"+name) == nil {
				return fmt.Errorf("%s does not know the account of %s, which was registered", place, name)
			}
		}
	}
	for name := range w.kept {
		for _, place := range w.places {
			if b.servers[place].kept.Lookup(name) == nil && !w.renamed {
				return fmt.Errorf("%s does not know that %s was registered", place, name)
			}
		}
	}
	for _, c := range w.player.clients {
		e := w.eyes[c]
		known := e.String()
		clear(e.channels)
		for _, channel := range channels {
			c.send("NAMES " + channel)
		}
		if err := w.settle(); err != nil {
			return err
		}
		for channel, members := range e.channels {
			if _, in := members[e.nick]; !in {
				delete(e.channels, channel)
			}
		}
		if asked := e.String(); asked != known {
			return fmt.Errorf("%s (%s) was told\n%s, but it is\n%s", c.name, e.nick, known, asked)
		}
	}
	return nil
}

// checkPast compares what the servers have kept of what was said, and checks that all is
// there which they have told its authors they have kept.
func (w *watchers) checkPast(b *bubble) error {
	first := past(b.servers[w.places[0]].server)
	for _, place := range w.places {
		other := past(b.servers[place].server)
		if other != first {
			return fmt.Errorf("%s keeps\n%s%s keeps\n%s", w.places[0], first, place, other)
		}
		ended := endings(b.servers[place].server)
		for id, channel := range w.said {
			said, _ := event.ParseID(id)
			if until := ended[channel]; until.After(said) || w.renamed && len(ended) > 0 {
				continue // that channel has made way for another one
			}
			if strings.Contains(other, `event.Redacted {"Buffer":"`+channel+`","MsgID":"`+id+`"`) {
				continue // who did it has left before anybody was told
			}
			if strings.Count(other, " "+id+" ") != 1 {
				return fmt.Errorf("%s is not there once in\n%s", id, other)
			}
		}
	}
	return nil
}

// endings returns before when what was said in channels is removed, because others that
// had no part in it have made them anew.
func endings(s *dispatch.Server) map[string]event.Stamp {
	all := map[string]event.Stamp{}
	events, _ := s.Network.History.Query(context.Background(), "*", history.After(history.Point{}, 1000))
	for _, e := range events {
		if x, ok := e.Body.(event.Ended); ok && x.Until.After(all[x.Buffer]) {
			all[x.Buffer] = x.Until
		}
	}
	return all
}

// past returns what a server keeps of what was said and done.
func past(s *dispatch.Server) string {
	var b strings.Builder
	for _, buffer := range s.Network.History.Buffers() {
		if buffer == "*" {
			continue // what servers know of each other's
		}
		events, _ := s.Network.History.Query(context.Background(), buffer, history.After(history.Point{}, 1000))
		for _, e := range events {
			body, _ := json.Marshal(e.Body)
			fmt.Fprintf(&b, "%s %s %s %T %s\n", buffer, e.ID(), e.Source, e.Body, body)
		}
	}
	return b.String()
}

// dump returns what a server knows of the network.
func dump(s *dispatch.Server) string {
	var lines []string
	for _, u := range s.Network.World.Users() {
		id := u.Identity()
		lines = append(lines, fmt.Sprintf("user %s %s %q account %q away %q modes %s %v", u.UID(), id.Source(), id.Realname, id.Account, id.Away, id.Modes, u.Metadata()))
	}
	for _, ch := range s.Network.World.Channels() {
		ch.View(func(v state.View) {
			lines = append(lines, fmt.Sprintf("channel %s %v since %v topic %v %v", v.Name(), v.Modes(true), v.Created(), v.Topic(), v.Metadata()))
			for _, letter := range []byte{modes.Ban, modes.Exception, modes.InviteException} {
				for _, e := range v.List(letter, s.Now()) {
					lines = append(lines, fmt.Sprintf("channel %s list %c %s %v", v.Name(), letter, e.Mask, e.Entry))
				}
			}
			for _, m := range v.Members() {
				lines = append(lines, fmt.Sprintf("channel %s member %s %s", v.Name(), m.UID(), m.Prefixes()))
			}
		})
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}
