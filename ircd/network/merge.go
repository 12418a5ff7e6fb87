package network

import (
	"iter"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/state"
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
