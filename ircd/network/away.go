package network

import (
	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/session"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// SetAway marks a session as away or, with an empty message, as back. The message
// may be state.Automatic. Its user is away if all sessions are, on all servers.
func (n *Network) SetAway(by Actor, message string) {
	_ = n.World.Update(func(tx *state.Tx) error {
		n.aways.set(by.Session, message)
		if f, changed := n.awayFact(tx, by.User); changed {
			n.announce(tx, by, event.AwayChanged{Message: message}, f)
		}
		return nil
	})
}

// awayFact returns the fact of what the sessions of this server say together, and
// whether it is news.
func (n *Network) awayFact(tx *state.Tx, u *state.User) (f event.Fact, changed bool) {
	message := n.aways.of(u.Sessions())
	f = fact(userKey(event.Away, u.UID(), n.Name()), message)
	f.Gone = message == ""
	return f, message != tx.Away(u, n.Name())
}

// applyAway applies changes of where a user is connected and who says to be away.
// Others are told if the user is away now, or back, or for another reason.
func (n *Network) applyAway(tx *state.Tx, by Actor, e *event.Event) {
	if by.User == nil {
		n.mergeUser(tx, by, e)
		return
	}
	if !tx.Stays(by.User, e.Facts) { // the last two sessions ended at the same time
		b := event.Quit{Reason: n.Words("Connection closed")}
		n.applyQuit(tx, by, n.as(by.User, e, b), b)
		return
	}
	before := by.Identity().Away
	n.mergeUser(tx, by, e)
	now := by.Identity().Away
	if now == before {
		return
	}
	n.tellAway(tx, by, e, now)
}

func (n *Network) tellAway(tx *state.Tx, by Actor, e *event.Event, now string) {
	params := []string{now}
	if now == "" {
		params = nil
	}
	m := message(e, "AWAY", params...)
	by.tellOthers(need(m, caps.AwayNotify))
	n.tellFollowers(tx, by, m, caps.AwayNotify)
}

// aways are the sessions of this server that are away, guarded by the World's lock.
type aways struct {
	count    uint64
	sessions map[*session.Session]absence
}

type absence struct {
	message string
	number  uint64
}

func (a *aways) set(s *session.Session, message string) {
	if message == "" || s == nil {
		delete(a.sessions, s)
		return
	}
	if a.sessions == nil {
		a.sessions = map[*session.Session]absence{}
	}
	a.count++
	a.sessions[s] = absence{message, a.count}
}

// of returns the message of several sessions together: "" unless all are away, else
// the last that a person has given.
func (a *aways) of(sessions []*session.Session) string {
	last := absence{}
	for _, s := range sessions {
		x, ok := a.sessions[s]
		if !ok {
			return ""
		}
		if last.message == "" || last.message == state.Automatic || x.message != state.Automatic && x.number > last.number {
			last = x
		}
	}
	return last.message
}

// announce makes an event of what by did, publishes and applies it.
func (n *Network) announce(tx *state.Tx, by Actor, b event.Body, facts ...event.Fact) {
	e := n.event(by, b, facts...)
	n.applyToWorld(tx, by, e)
	n.conclude(e)
}

// mergeUser merges the facts of e, and reports whether one of them is news about
// a user who is here.
func (n *Network) mergeUser(tx *state.Tx, by Actor, e *event.Event) (won bool) {
	for _, f := range e.Facts {
		won = tx.Merge(f) || won
	}
	return won && by.User != nil
}

// tellFollowers sends m to those who see the user and have the capability, and to
// those who MONITOR the nick with extended-monitor: each gets it once. The user's
// own sessions are not among them.
// https://ircv3.net/specs/extensions/extended-monitor
func (n *Network) tellFollowers(tx *state.Tx, by Actor, m wire.Message, has caps.Cap) {
	f := need(m, has)
	told := map[*session.Session]bool{}
	watched := false
	tx.Watchers(by.Nick(), func(u *state.User, s *session.Session) {
		watched = true
		if u != by.User && s.Caps().Has(caps.ExtendedMonitor) {
			told[s] = true
			s.Send(f)
		}
	})
	for _, u := range tx.Peers(by.User) {
		if !watched {
			u.Deliver(f, nil)
			continue
		}
		for _, s := range u.Sessions() {
			if !told[s] {
				s.Send(f)
			}
		}
	}
}
