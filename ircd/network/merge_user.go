package network

import (
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// absorbUser merges facts about one user.
func (n *Network) absorbUser(tx *state.Tx, facts []event.Fact) {
	u := tx.ByUID(facts[0].Scope)
	var gone []event.Fact
	merge := func(want func(event.Fact) bool) {
		for _, f := range facts {
			if want(f) && !(f.Kind == event.Presence && f.Gone) {
				tx.Merge(f)
			}
		}
	}
	for _, f := range facts {
		if f.Kind == event.Presence && f.Gone {
			gone = append(gone, f)
		}
	}
	var before *shown
	if u != nil {
		before = showing(u)
	}
	merge(func(f event.Fact) bool { return f.Kind != event.Presence })
	// Those that hold are the first: what is known of a user ends without one.
	merge(func(f event.Fact) bool { return f.Kind == event.Presence && tx.IsValid(f) })
	merge(func(f event.Fact) bool { return f.Kind == event.Presence && !tx.IsValid(f) })
	n.settle(tx)
	if u != nil && !tx.Stays(u, gone) {
		sessions := u.Sessions()
		e := n.event(Actor{User: u}, event.Quit{})
		e.Facts = gone
		n.quit(tx, Actor{User: u}, e, event.Quit{Reason: n.Words("Connection closed")})
		farewell := lang.Text("You were removed from the network while servers were split").With()
		for _, s := range sessions {
			s.Close(&wire.Message{Command: "ERROR", Text: &farewell})
		}
		return
	}
	for _, f := range gone {
		tx.Merge(f)
	}
	now := tx.ByUID(facts[0].Scope)
	switch {
	case u == nil && now != nil:
		n.tellArrival(tx, now)
	case now != nil:
		n.tellChanges(tx, now, before)
	}
}

// shown is what clients have been told of a user.
type shown struct {
	*state.Identity
	notes state.Metadata
}

func showing(u *state.User) *shown { return &shown{u.Identity(), u.Metadata()} }

// tellArrival tells those who wait for a user that there is one of that nick now.
func (n *Network) tellArrival(tx *state.Tx, u *state.User) {
	n.tellWatchers(tx, u.Nick(), numerics.MonOnline.With().Fmt(u.Source()))
	n.tellWatchersNotes(tx, u)
}

// tellChanges tells what is different about a user. That the nick is has been told.
func (n *Network) tellChanges(tx *state.Tx, u *state.User, was *shown) {
	by, now := Actor{User: u}, u.Identity()
	e := n.event(by, nil)
	if was.Ident != now.Ident || was.Host != now.Host {
		source := now.Nick + "!" + was.Ident + "@" + was.Host
		n.tellHost(tx, by, e, source, event.HostChanged{Ident: now.Ident, Host: now.Host})
	}
	if was.Realname != now.Realname {
		n.tellRealname(tx, by, e, now.Realname)
	}
	if was.Account != now.Account {
		n.tellAccount(tx, by, e, now.Account)
	}
	if was.Away != now.Away {
		n.tellAway(tx, by, e, now.Away)
	}
	if changes := userModeDifference(was.Modes, now.Modes); len(changes) > 0 {
		u.Deliver(wire.One(message(n.event(Actor{}, nil), "MODE", append([]string{now.Nick}, modeWords(changes)...)...)), nil)
	}
	for _, f := range notesDifference(was.notes, u.Metadata()) {
		n.tellUserNote(tx, Actor{}, u, e, f)
	}
}

func userModeDifference(was, now modes.Set) (changes []event.Change) {
	for _, m := range modes.User().Rows {
		if was.Has(m.Letter) != now.Has(m.Letter) {
			changes = append(changes, event.Change{Add: now.Has(m.Letter), Letter: m.Letter})
		}
	}
	return changes
}
