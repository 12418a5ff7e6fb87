package network

import (
	"iter"
	"slices"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// This file merges facts that come without a narrative, because servers were split or
// one has missed something. Clients are told what has become different, in the name of
// the server.

// absorb merges facts, those about one user or channel at a time: others have their
// turn in between.
func (n *Network) absorb(facts []event.Fact) {
	defer n.report()
	for scope := range scopes(facts) {
		_ = n.World.Update(func(tx *state.Tx) error {
			n.absorbScope(tx, scope)
			n.unite(tx)
			n.conclude(nil)
			return nil
		})
	}
}

// absorbAll is absorb where nobody else may have a turn.
func (n *Network) absorbAll(tx *state.Tx, facts []event.Fact) {
	for scope := range scopes(facts) {
		n.absorbScope(tx, scope)
	}
}

// scopes divides facts into those of one scope each.
func scopes(facts []event.Fact) iter.Seq[[]event.Fact] {
	return func(yield func([]event.Fact) bool) {
		for len(facts) > 0 {
			count := 1
			for count < len(facts) && sameScope(facts[0], facts[count]) {
				count++
			}
			if !yield(facts[:count]) {
				return
			}
			facts = facts[count:]
		}
	}
}

func sameScope(a, b event.Fact) bool {
	return a.Scope == b.Scope && a.Kind.OfChannel() == b.Kind.OfChannel() && a.Kind >= event.Place == (b.Kind >= event.Place)
}

func (n *Network) absorbScope(tx *state.Tx, facts []event.Fact) {
	switch kind := facts[0].Kind; {
	case kind >= event.Place:
		for _, f := range facts {
			n.absorbNetwork(tx, f)
		}
	case kind.OfChannel():
		n.absorbChannel(tx, facts)
	default:
		n.absorbUser(tx, facts)
	}
	n.settle(tx)
}

func (n *Network) absorbNetwork(tx *state.Tx, f event.Fact) {
	switch f.Kind {
	case event.Place:
		n.absorbPlace(tx, f)
	case event.Server:
		n.absorbServer(tx, f)
	default:
		tx.MergeNetwork(f)
	}
}

// absorbServer merges what is so of a server. Those who were connected to an earlier
// run of it are gone.
func (n *Network) absorbServer(tx *state.Tx, f event.Fact) {
	if f.Scope == n.Clock.Server() || !tx.MergeNetwork(f) {
		return
	}
	s := event.Unpack[event.ServerInfo](f.Text)
	if f.Gone {
		s.Boot = ""
	}
	tx.Run(s.Name, s.Boot)
	for _, u := range tx.On(s.Name) {
		n.transit(tx, nil, u)
	}
}

// absorbPlace merges that a channel has another name.
func (n *Network) absorbPlace(tx *state.Tx, f event.Fact) {
	for _, old := range tx.Whereabouts(f.Incarnation) {
		if b := (event.Renamed{Old: old, New: f.Text}); !n.World.Mapping.Equal(old, f.Text) {
			e := n.event(Actor{}, b)
			e.Facts = []event.Fact{f}
			n.applyRename(tx, Actor{}, e, b)
		}
	}
	tx.Place(f)
}

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

// notesDifference returns what has been changed about metadata, as facts.
func notesDifference(was, now state.Metadata) (changed []event.Fact) {
	for _, note := range now {
		if old, ok := was.Get(note.Key); !ok || old != note.Value {
			changed = append(changed, fact(event.Key{A: note.Key}, note.Value))
		}
	}
	for _, note := range was {
		if _, ok := now.Get(note.Key); !ok {
			changed = append(changed, noFact(event.Key{A: note.Key}))
		}
	}
	return changed
}

// absorbChannel merges facts about one channel, which may have been renamed.
func (n *Network) absorbChannel(tx *state.Tx, facts []event.Fact) {
	for len(facts) > 0 {
		name := tx.Locate(facts[0].Scope, facts[:1])
		var here, rest []event.Fact
		for _, f := range facts {
			if n.World.Mapping.Equal(tx.Locate(f.Scope, []event.Fact{f}), name) {
				here = append(here, f)
			} else {
				rest = append(rest, f)
			}
		}
		ch, _ := tx.Open(name)
		_ = ch.Update(func(cx state.ChannelTx) error {
			n.absorbIn(tx, cx, here)
			tx.Bury(cx)
			return nil
		})
		facts = rest
	}
}

func (n *Network) absorbIn(tx *state.Tx, cx state.ChannelTx, facts []event.Fact) {
	before := n.outline(cx)
	each := func(want func(f event.Fact) bool) {
		for _, f := range facts {
			switch {
			case !want(f):
			case f.Kind == event.Member:
				tx.MergeMember(cx, f)
			default:
				cx.Merge(f)
			}
		}
	}
	// Memberships first: they say which incarnation counts. One who is a member in
	// another way than before has not left.
	each(func(f event.Fact) bool { return f.Kind == event.Member && !f.Gone })
	each(func(f event.Fact) bool { return f.Kind == event.Member && f.Gone })
	each(func(f event.Fact) bool { return f.Kind != event.Member })
	tx.Raise(cx)
	n.boundAgain(cx)
	n.tellOutline(cx, before)
	n.unveilAll(cx)
}

// An outline is a picture with the members and the metadata.
type outline struct {
	*picture
	members []*state.Member
	notes   state.Metadata
}

// outline returns what members have been told of a channel, nil if none of them is
// connected here.
func (n *Network) outline(cx state.ChannelTx) *outline {
	members := cx.Members()
	if !slices.ContainsFunc(members, func(m *state.Member) bool { return m.Local() }) {
		return nil
	}
	return &outline{n.picture(cx), members, cx.View().Metadata()}
}

// tellOutline tells members what is different.
func (n *Network) tellOutline(cx state.ChannelTx, before *outline) {
	if before == nil {
		return
	}
	now := map[*state.User]bool{}
	for _, m := range cx.Members() {
		now[m.User] = true
	}
	was := map[*state.User]bool{}
	for _, m := range before.members {
		if was[m.User] = true; now[m.User] {
			continue
		}
		f := wire.One(message(n.event(Actor{User: m.User}, nil), "PART", cx.Name()))
		m.Deliver(f, nil)
		cx.BroadcastAbout(m, f, nil)
	}
	for _, m := range cx.Members() {
		if !was[m.User] {
			n.tellJoin(cx, m)
			before.status[m.UID()] = 0
		}
	}
	n.tellDifference(cx, before.picture)
	for _, f := range notesDifference(before.notes, cx.View().Metadata()) {
		n.tellChannelNote(cx, Actor{}, n.event(Actor{}, nil), f)
	}
}

// tellJoin shows one who has become a member to the others and, like any join, to its
// own clients.
func (n *Network) tellJoin(cx state.ChannelTx, m *state.Member) {
	cx.BroadcastAbout(m, n.joinFrame(n.event(Actor{User: m.User}, nil), m.User, cx.Name()), nil)
	n.welcomeOthers(cx, Actor{User: m.User}, m)
	n.tellNotes(cx, m)
}
