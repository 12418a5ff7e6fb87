package state

import (
	"slices"
	"strings"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/event"
)

// Known returns all facts of a scope, also those that are gone, in a fixed order.
func (w *World) Known(scope string) (facts []event.Fact) {
	if scope == "" {
		return nil
	}
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.known(scope)
}

func (w *World) known(scope string) (facts []event.Fact) {
	switch of := scope[1:]; scope[:1] {
	case networkScope:
		facts = listed(w.facts)
	case userScope:
		facts = w.knownUser(of)
	case channelScope:
		w.inChannel(casemap.Folded(of), func(all event.Facts) { facts = listed(all) })
	}
	slices.SortFunc(facts, CompareFacts)
	return facts
}

// About returns all that is known of u and of where u is a member, but not of the
// channels.
func (tx *Tx) About(u *User) []event.Fact {
	facts := tx.w.knownUser(u.uid)
	for _, m := range u.Memberships() {
		_ = m.Channel.Update(func(cx ChannelTx) error {
			for _, f := range cx.Facts(m, false) {
				if f.Kind == event.Member || f.Kind == event.Status {
					facts = append(facts, f)
				}
			}
			return nil
		})
	}
	return facts
}

func (w *World) knownUser(uid string) (facts []event.Fact) {
	where := w.departed[uid]
	if u := w.users[uid]; u != nil {
		where = u.where
		for k, v := range u.facts {
			facts = append(facts, event.Fact{Key: event.Key{Kind: k.kind, Scope: uid, A: k.a}, Value: v})
		}
	}
	for _, s := range where {
		facts = append(facts, event.Fact{Key: event.Key{Kind: event.Presence, Scope: uid, A: s.server}, Value: s.Value})
	}
	return facts
}

func listed(all event.Facts) []event.Fact {
	facts := make([]event.Fact, 0, len(all))
	for k, v := range all {
		facts = append(facts, event.Fact{Key: k, Value: v})
	}
	return facts
}

// CompareFacts orders facts of one scope by when they came to be so.
func CompareFacts(a, b event.Fact) int {
	switch {
	case b.At.After(a.At):
		return -1
	case a.At.After(b.At):
		return 1
	case a.Kind != b.Kind:
		return int(a.Kind) - int(b.Kind)
	case a.A != b.A:
		return strings.Compare(a.A, b.A)
	case a.B != b.B:
		return strings.Compare(a.B, b.B)
	}
	return strings.Compare(a.Incarnation.ID(), b.Incarnation.ID())
}
