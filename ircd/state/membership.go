package state

import (
	"slices"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
)

// A user is a member of an incarnation of a channel. When incarnations meet under
// one name, because of a split or a renaming, the channel has the members of all,
// and the modes, lists and statuses of one.

// A membership is since when a user is a member of an incarnation.
type membership struct{ inc, at event.Stamp }

func (tx *Tx) join(ch *Channel, u *User, f event.Fact) *Member {
	tx.w.channels[ch.Key()] = ch
	delete(tx.w.forwards, ch.Key())
	m := ch.members[u.uid]
	if m == nil {
		m = &Member{User: u, Channel: ch}
		m.of = m.own[:0]
		m.hidden.Store(ch.Has(modes.Delayed))
		ch.members[u.uid] = m
		ch.rosterOf = append(ch.rosterOf, m)
		all := append(slices.Clip(u.Memberships()), m)
		u.members.Store(&all)
	}
	ch.enrol(m, membership{f.Incarnation, f.At})
	if !tx.elect(ch) {
		ch.showStatuses(m)
	}
	tx.divided(ch)
	return m
}

// divided notes that not all members of a channel are of the incarnation that counts.
func (tx *Tx) divided(ch *Channel) {
	if len(ch.memberships) > 1 || len(ch.memberships) == 1 && ch.memberships[ch.incarnation] == 0 {
		tx.Divided = append(tx.Divided, ch)
	}
}

// leave ends a membership of one incarnation.
func (tx *Tx) leave(ch *Channel, u *User, inc event.Stamp) {
	m := ch.members[u.uid]
	if m == nil {
		return
	}
	if len(m.of) == 1 && m.of[0].inc == inc {
		tx.part(ch, m)
		return
	}
	if ch.withdraw(m, inc); !tx.elect(ch) {
		ch.showStatuses(m)
	}
}

func (ch *Channel) enrol(m *Member, o membership) {
	if i := slices.IndexFunc(m.of, func(x membership) bool { return x.inc == o.inc }); i >= 0 {
		m.of[i] = o
	} else {
		m.of = append(m.of, o)
		ch.memberships[o.inc]++
	}
	m.rejoined()
}

func (ch *Channel) withdraw(m *Member, inc event.Stamp) {
	i := slices.IndexFunc(m.of, func(o membership) bool { return o.inc == inc })
	if i < 0 {
		return
	}
	m.of = slices.Delete(m.of, i, i+1)
	if ch.memberships[inc]--; ch.memberships[inc] == 0 {
		delete(ch.memberships, inc)
	}
	m.rejoined()
}

// since returns after when a status of this incarnation must have been given to
// count: leaving and joining again loses it.
func (m *Member) since(inc event.Stamp) event.Stamp {
	k := event.Key{Kind: event.Member, Scope: string(m.Channel.Key()), Incarnation: inc, A: m.uid}
	if v, ok := m.Channel.facts[k]; ok {
		return v.At
	}
	return m.joined
}

// showStatuses makes the statuses of a member follow the memberships.
func (ch *Channel) showStatuses(m *Member) {
	var all modes.Set
	for _, letter := range statuses {
		k := event.Key{Kind: event.Status, Scope: string(ch.Key()), Incarnation: ch.incarnation, A: m.uid, B: string(letter)}
		if v, ok := ch.facts[k]; ok && !v.Gone && !m.since(k.Incarnation).After(v.At) {
			all = all.With(letter, true)
		}
	}
	m.status.Store(uint64(all))
}

func (m *Member) isOf(inc event.Stamp) bool {
	return slices.ContainsFunc(m.of, func(o membership) bool { return o.inc == inc })
}

// rejoined makes joined follow the memberships.
func (m *Member) rejoined() {
	last := event.Stamp{}
	for _, o := range m.of {
		if o.at.After(last) {
			last = o.at
		}
	}
	if len(m.of) > 0 {
		m.joined = last
	}
}

// elect decides which incarnation counts: of those that have members or are lasting
// the one that has had the name for longest. It depends on nothing but the facts, so
// that servers agree in whatever order they heard of them.
func (tx *Tx) elect(ch *Channel) (changed bool) {
	if len(ch.memberships) == 1 && ch.memberships[ch.incarnation] > 0 {
		return false // one that lasts would have been chosen: see Raise
	}
	return tx.choose(ch)
}

// choose is elect for a channel of which more than the memberships may have changed.
func (tx *Tx) choose(ch *Channel) (changed bool) {
	var best event.Stamp
	stand := func(inc event.Stamp) {
		if best.IsZero() || tx.w.claim(best).After(tx.w.claim(inc)) {
			best = inc
		}
	}
	for inc := range ch.memberships {
		stand(inc)
	}
	for k, v := range ch.facts {
		if k.Kind == event.Mode && (k.A[0] == modes.Permanent || k.A[0] == modes.Registered) && !v.Gone {
			stand(k.Incarnation)
		}
	}
	if best == ch.incarnation || best.IsZero() {
		return false
	}
	ch.incarnation = best
	ch.rebuild()
	return true
}

func (tx *Tx) part(ch *Channel, m *Member) {
	of := slices.Clone(m.of)
	tx.remove(ch, m)
	for _, o := range of {
		ch.strip(m.uid, o.inc)
	}
	tx.elect(ch)
	tx.bury(ch)
}

// strip forgets the statuses of one who is no member of an incarnation any more: they
// follow from the membership.
func (ch *Channel) strip(uid string, inc event.Stamp) {
	for _, letter := range statuses {
		delete(ch.facts, event.Key{Kind: event.Status, Scope: string(ch.Key()), Incarnation: inc, A: uid, B: string(letter)})
	}
}

// remove ends a membership in the view.
func (tx *Tx) remove(ch *Channel, m *Member) {
	without := func(all []*Member) []*Member {
		rest := make([]*Member, 0, max(len(all)-1, 0))
		for _, o := range all {
			if o != m {
				rest = append(rest, o)
			}
		}
		return rest
	}
	mine := without(m.Memberships())
	m.members.Store(&mine)
	delete(ch.members, m.uid)
	for _, o := range slices.Clone(m.of) {
		ch.withdraw(m, o.inc)
	}
	ch.rosterOf = without(ch.rosterOf)
}

// showStatus sets a member's status. One that was given before the member joined
// was lost on leaving.
func (ch *Channel) showStatus(f event.Fact) bool {
	m := ch.members[f.A]
	if m == nil || m.since(f.Incarnation).After(f.At) {
		return false
	}
	m.status.Store(uint64(m.Status().With(f.B[0], !f.Gone)))
	return true
}
