package state

import (
	"slices"
	"strings"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/session"
)

// The presences of the users of a server that is out of reach do not count until it is
// reached again, and nothing about them is forgotten. So a split needs no facts, and a
// healing none but those that were written meanwhile.

// A berth is a membership of a user who is not here.
type berth struct {
	inc    event.Stamp
	key    casemap.Folded // of the channel's name then
	hidden bool
}

func (u *User) park(b berth) {
	if !slices.ContainsFunc(u.berths, func(o berth) bool { return o.inc == b.inc && o.key == b.key }) {
		u.berths = append(u.berths, b)
	}
}

// Run notes which run of a server there is now, by the name of the server. Presences
// of earlier ones do not hold. Settle must follow for those who were On the server.
func (tx *Tx) Run(server, boot string) { tx.w.boots[server] = boot }

// Reach begins or ends that a server is in reach. Settle must follow for those who are
// On the server.
func (tx *Tx) Reach(server string, on bool) {
	if tx.w.reached[server] = on; !on {
		delete(tx.w.reached, server)
	}
}

// Be notes the name of this server, which is in reach.
func (tx *Tx) Be(server string) {
	tx.w.self = server
	tx.Reach(server, true)
}

// MergeNetwork writes a fact about the network that is no Place, and reports whether
// it is news.
func (tx *Tx) MergeNetwork(f event.Fact) bool { return tx.w.facts.Merge(f) }

// Fresh returns the sessions of u that have not been returned for this number before:
// for those who are to be told once what many others bring about. Numbers are not used
// again.
func (tx *Tx) Fresh(u *User, number uint64) (fresh []*session.Session) {
	if u.passage != number {
		u.passage, u.passed = number, nil
	}
	for _, s := range u.Sessions() {
		if !slices.Contains(u.passed, s) {
			fresh = append(fresh, s)
		}
	}
	if len(fresh) > 0 {
		u.passed = slices.Clone(u.Sessions())
	}
	return fresh
}

// Draining returns why a server takes no new clients, or "".
func (w *World) Draining(sid string) string {
	w.mu.RLock()
	defer w.mu.RUnlock()
	reason, _ := w.facts.Get(event.Key{Kind: event.Draining, Scope: sid})
	return reason
}

// CountOn returns how many users are connected to a server, as far as it is in reach.
func (w *World) CountOn(server string) (n int) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	for _, u := range w.nicks {
		if slices.Contains(u.servers, server) {
			n++
		}
	}
	return n
}

// Servers returns what is known of the servers of the network, by SID.
func (w *World) Servers() map[string]event.ServerInfo {
	w.mu.RLock()
	defer w.mu.RUnlock()
	all := map[string]event.ServerInfo{}
	for k, v := range w.facts {
		if k.Kind == event.Server && !v.Gone {
			all[k.Scope] = event.Unpack[event.ServerInfo](v.Text)
		}
	}
	return all
}

// On returns the users with a session on a server, in reach or not, and those who stay
// without one and were there last, in the order in which they came.
func (w *World) On(server string) []*User {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return (&Tx{w: w}).On(server)
}

// On is World.On.
func (tx *Tx) On(server string) (all []*User) {
	for _, u := range tx.w.users {
		stays := u.Identity().Person.Server == server
		if slices.ContainsFunc(u.where, func(s sojourn) bool {
			return !s.Gone && (s.server == server || stays && s.server == Everywhere)
		}) {
			all = append(all, u)
		}
	}
	slices.SortFunc(all, func(a, b *User) int { return strings.Compare(a.uid, b.uid) })
	return all
}

// Settle makes the view follow where u is now.
func (tx *Tx) Settle(u *User) {
	if tx.w.users[u.uid] == u {
		tx.settle(u)
	}
}

// Fate returns what Settle would make of u: whether u is here now, whether u will be,
// and whether u lives anywhere.
func (tx *Tx) Fate(u *User) (is, will, lives bool) {
	if tx.w.users[u.uid] != u {
		return false, false, false
	}
	for _, s := range u.where {
		if tx.w.valid(s) {
			lives = true
			will = will || tx.w.reaches(s.server)
		}
	}
	return u.here, will, lives
}

// board makes u, who is here again, a member where u was.
func (tx *Tx) board(u *User) {
	berths := u.berths
	u.berths = nil
	for _, b := range berths {
		key := b.key
		if place, ok := tx.w.place(b.inc); ok {
			key = tx.w.Mapping.Fold(place)
		}
		ch := tx.w.channels[key]
		if ch == nil && tx.w.graves[key] != nil {
			ch = tx.w.newChannel(string(key))
		}
		if ch == nil {
			continue
		}
		_ = ch.Update(func(cx ChannelTx) error {
			k := event.Key{Kind: event.Member, Scope: string(ch.Key()), Incarnation: b.inc, A: u.uid}
			if v, ok := ch.facts[k]; ok && !v.Gone {
				tx.returning(cx, u, event.Fact{Key: k, Value: v}, b.hidden)
			}
			tx.bury(ch)
			return nil
		})
	}
}

func (tx *Tx) returning(cx ChannelTx, u *User, f event.Fact, hidden bool) {
	join := func() *Member {
		m := tx.join(cx.ch, u, f)
		m.hidden.Store(hidden && cx.ch.Has(modes.Delayed))
		return m
	}
	if tx.w.Returning == nil {
		join()
		return
	}
	tx.w.Returning(tx, cx, f, join)
}

// disembark takes u out of all channels. What is known of the memberships is kept while
// u lives.
func (tx *Tx) disembark(u *User) {
	lives := tx.lives(u)
	for _, m := range slices.Clone(u.Memberships()) {
		_ = m.Channel.Update(func(cx ChannelTx) error {
			if leave := func() { tx.vacate(m, lives) }; tx.w.Leaving != nil && cx.Divided() {
				tx.w.Leaving(cx, leave)
			} else {
				leave()
			}
			tx.bury(m.Channel)
			return nil
		})
	}
}

// vacate takes a member, who may be back, out of a channel.
func (tx *Tx) vacate(m *Member, lives bool) {
	ch, of, hidden := m.Channel, slices.Clone(m.of), m.Hidden()
	tx.remove(ch, m)
	for _, o := range of {
		if lives {
			m.park(berth{o.inc, ch.Key(), hidden})
		} else {
			ch.strike(m.uid, o.inc)
		}
	}
	tx.elect(ch)
}

// strike forgets a membership of one who has left the network: that ends all else.
func (ch *Channel) strike(uid string, inc event.Stamp) {
	delete(ch.facts, event.Key{Kind: event.Member, Scope: string(ch.Key()), Incarnation: inc, A: uid})
	ch.strip(uid, inc)
}

// strike forgets a membership of one who is not here.
func (tx *Tx) strike(u *User, b berth) {
	key := b.key
	if place, ok := tx.w.place(b.inc); ok {
		key = tx.w.Mapping.Fold(place)
	}
	if ch := tx.w.channels[key]; ch != nil {
		_ = ch.Update(func(cx ChannelTx) error { ch.strike(u.uid, b.inc); return nil })
		return
	}
	facts := tx.w.graves[key]
	delete(facts, event.Key{Kind: event.Member, Scope: string(key), Incarnation: b.inc, A: u.uid})
	for _, letter := range statuses {
		delete(facts, event.Key{Kind: event.Status, Scope: string(key), Incarnation: b.inc, A: u.uid, B: string(letter)})
	}
}
