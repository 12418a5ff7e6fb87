package network

import (
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/session"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// An Arrival is what a session brings along that becomes one of a user.
type Arrival struct {
	Away string // may be state.Automatic
	event.Person
}

// Attach makes s one more session of a user who is logged in to the account. It
// reports false if the user is gone or another's by now. Others see at most that the
// user is back.
func (n *Network) Attach(s *session.Session, u *state.User, account string, x Arrival) (ok bool) {
	_ = n.World.Update(func(tx *state.Tx) error {
		if tx.ByUID(u.UID()) != u || u.Account() != account {
			return nil
		}
		facts := n.blend(tx, u, x.Person)
		tx.Attach(u, s)
		n.aways.set(s, x.Away)
		if key := userKey(event.Presence, u.UID(), n.Name()); !tx.Holds(key) {
			facts = append(facts, fact(key, n.boot))
		}
		if f, changed := n.awayFact(tx, u); changed {
			facts = append(facts, f)
		}
		if len(facts) > 0 {
			n.announce(tx, Actor{User: u, Session: s}, event.AwayChanged{Message: x.Away}, facts...)
		}
		ok = true
		return nil
	})
	return ok
}

// blend makes what is known of the user's connection fit one more. One who was not
// connected is where the new session is; the user is connected over TLS if all
// sessions are. The host that others see stays.
func (n *Network) blend(tx *state.Tx, u *state.User, p event.Person) (facts []event.Fact) {
	old := *u.Identity().Person
	now := old
	if servers := tx.Servers(u); len(servers) == 1 && servers[0] == state.Everywhere {
		now = p
		now.Signon = old.Signon
	} else {
		now.Secure = old.Secure && p.Secure
	}
	if now != old {
		facts = append(facts, fact(userKey(event.About, u.UID(), ""), event.Pack(now)))
	}
	if now.Secure != u.Has(modes.Secure) {
		f := fact(userKey(event.UserMode, u.UID(), string(rune(modes.Secure))), "")
		f.Gone = !now.Secure
		b := event.UserModeChanged{Target: u.UID(), Changes: []event.Change{{Add: now.Secure, Letter: modes.Secure}}}
		n.announce(tx, Actor{User: u}, b, f)
	}
	return facts
}

// Replay sends the session of by, which has been attached, the JOIN of a channel
// that the user is in.
func (n *Network) Replay(by Actor, m *state.Member) {
	_ = m.Channel.Update(func(cx state.ChannelTx) error {
		if cx.Member(by.User) == m {
			by.Session.Reply(n.joinFrame(n.event(Actor{User: by.User}, nil), by.User, cx.Name()))
		}
		return nil
	})
}

// Detach ends a session of by. Nobody sees it while the user has another one, here
// or elsewhere, or stays without.
func (n *Network) Detach(by Actor, reason lang.Text, args ...any) {
	_ = n.World.Update(func(tx *state.Tx) error {
		tx.UnwatchAll(by.Session)
		n.aways.set(by.Session, "")
		left := tx.Detach(by.User, by.Session)
		if tx.ByUID(by.UID()) != by.User {
			return nil
		}
		by.See(n.Clock.Now())
		if left > 0 {
			if f, changed := n.awayFact(tx, by.User); changed {
				n.announce(tx, Actor{User: by.User}, event.AwayChanged{}, f)
			}
			return nil
		}
		n.leaveServer(tx, by, n.Words(reason, args...))
		return nil
	})
}

// leaveServer ends the presence of by on this server. The user quits unless there is
// another. What the last client has said of being away stays.
func (n *Network) leaveServer(tx *state.Tx, by Actor, reason string) {
	facts := []event.Fact{noFact(userKey(event.Presence, by.UID(), n.Name()))}
	servers := tx.Servers(by.User)
	if len(servers) == 1 {
		n.announce(tx, by, event.Quit{Reason: reason}, facts...)
		return
	}
	if tx.Away(by.User, n.Name()) != "" {
		facts = append(facts, noFact(userKey(event.Away, by.UID(), n.Name())))
	}
	message := by.Identity().Away
	if message == state.Unattended {
		message = ""
	}
	if message != tx.Away(by.User, state.Everywhere) {
		f := fact(userKey(event.Away, by.UID(), state.Everywhere), message)
		f.Gone = message == ""
		facts = append(facts, f)
	}
	n.announce(tx, Actor{User: by.User}, event.AwayChanged{}, facts...)
}

// tellOthers sends f to the user's sessions on this server other than by's own.
func (by Actor) tellOthers(f *wire.Frame) {
	for _, s := range by.Sessions() {
		if s != by.Session {
			s.Send(f)
		}
	}
}

// welcomeOthers sends the other sessions of a member who has joined what its own
// client reads about the channel.
func (n *Network) welcomeOthers(cx state.ChannelTx, by Actor, m *state.Member) {
	for _, s := range by.Sessions() {
		if s == by.Session {
			continue
		}
		for _, line := range n.about(cx, m, s.Caps()) {
			s.SendMessage(&line)
		}
	}
}
