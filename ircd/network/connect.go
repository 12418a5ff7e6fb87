package network

import (
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/session"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// A Newcomer is who has completed registration.
type Newcomer struct {
	Nick, Ident, Realname string
	// Host is what others see, RealHost where the user really is.
	Host    string
	Account string
	Away    string // may be state.Automatic
	Modes   modes.Set
	// Metadata is what the user brings along.
	Metadata state.Metadata
	event.Person
}

// Connect makes a user of the one whose session is s.
func (n *Network) Connect(s *session.Session, c Newcomer) (u *state.User, err error) {
	err = n.World.Update(func(tx *state.Tx) error {
		if !tx.MayTakeNick(nil, c.Nick) {
			return numerics.NickInUse.With(c.Nick)
		}
		c.Person.Signon = n.Clock.Now()
		e := n.event(Actor{}, event.Connected{Nick: c.Nick})
		e.UID = e.Server + e.ID()[:13]
		e.Facts = n.describe(&c, e.UID)
		for i := range e.Facts {
			e.Facts[i].At = e.Stamp
		}
		n.applyConnect(tx, e, event.Connected{Nick: c.Nick})
		n.conclude(e)
		u = tx.ByUID(e.UID)
		tx.Attach(u, s)
		n.aways.set(s, c.Away)
		return nil
	})
	return u, err
}

func (n *Network) describe(c *Newcomer, uid string) []event.Fact {
	facts := make([]event.Fact, 0, 10)
	add := func(kind event.Kind, a, text string) { facts = append(facts, fact(userKey(kind, uid, a), text)) }
	add(event.About, "", event.Pack(c.Person))
	add(event.Ident, "", c.Ident)
	add(event.Host, "", c.Host)
	add(event.Realname, "", c.Realname)
	add(event.Nick, "", c.Nick)
	if c.Account != "" {
		add(event.Account, "", c.Account)
	}
	if c.Away != "" {
		add(event.Away, n.Name(), c.Away)
	}
	for _, note := range c.Metadata {
		add(event.UserMeta, note.Key, note.Value)
	}
	for _, m := range n.UserModes.Rows {
		if c.Modes.Has(m.Letter) {
			add(event.UserMode, string(m.Letter), "")
		}
	}
	add(event.Presence, n.Name(), n.boot)
	return facts
}

func (n *Network) applyConnect(tx *state.Tx, e *event.Event, b event.Connected) {
	for _, f := range e.Facts {
		tx.Merge(f)
	}
	n.settle(tx)
	u := tx.ByUID(e.UID)
	if u == nil {
		return
	}
	n.tellWatchers(tx, u.Nick(), numerics.MonOnline.With().Fmt(u.Source()))
	n.tellWatchersNotes(tx, u)
	n.informOfUser(e, modes.SnoConnects, u, "%[1]s (%[2]s@%[3]s) connects to %[5]s: %[4]s", u.Identity().Realname)
}

// tellWatchers sends a numeric to the sessions that MONITOR the nick.
func (n *Network) tellWatchers(tx *state.Tx, nick string, r numerics.Reply) {
	tx.Watchers(nick, func(w *state.User, s *session.Session) {
		s.Send(wire.One(n.Numeric(w.Nick(), r)))
	})
}

// Idle returns how long ago the user last spoke.
func (n *Network) Idle(u *state.User) time.Duration { return max(n.Clock.Now().Sub(u.Active()), 0) }
