package state

import (
	"slices"

	"github.com/parley-irc/parley/ircd/event"
)

// Everywhere stands for a server in the presence of a user who stays while no
// client is connected: such a user is on all servers, and on none in particular.
const Everywhere = "*"

// Unattended is the away message of a user of whom there is nobody: no client is
// connected, or those that are have been started by themselves.
const Unattended = "Nobody is there"

// Automatic is the away message of a client that has been started by itself.
// https://ircv3.net/specs/extensions/pre-away
const Automatic = "*"

// presence writes a fact about where u is.
func (tx *Tx) presence(u *User, f event.Fact) bool {
	i := slices.IndexFunc(u.where, func(s sojourn) bool { return s.server == f.A })
	switch {
	case i < 0:
		u.where = append(slices.Clip(u.where), sojourn{f.A, f.Value})
	case !f.At.After(u.where[i].At):
		if !tx.lives(u) {
			tx.forget(u)
		}
		return false
	default:
		u.where[i].Value = f.Value
	}
	if f.Gone {
		u.left = f.At.Time()
		if i = slices.IndexFunc(u.where, func(s sojourn) bool { return s.server == f.A }); !tx.w.Linked {
			u.where = slices.Delete(u.where, i, i+1)
		}
	}
	tx.settle(u)
	return true
}

// valid reports whether a presence holds: it is not gone, and not of an earlier run of
// its server, whose sessions have ended with it.
func (w *World) valid(s sojourn) bool {
	if s.Gone {
		return false
	}
	boot, known := w.boots[s.server]
	return !w.Linked || s.server == Everywhere || known && boot == s.Text
}

// IsValid reports whether a presence holds.
func (tx *Tx) IsValid(f event.Fact) bool { return tx.w.valid(sojourn{f.A, f.Value}) }

func (w *World) reaches(server string) bool {
	return !w.Linked || server == Everywhere || w.reached[server]
}

// lives reports whether u is on the network, whether or not this server can reach the
// servers that have a session of u.
func (tx *Tx) lives(u *User) bool { return slices.ContainsFunc(u.where, tx.w.valid) }

// settle makes the view follow where u is. A user is here while a server in reach has
// a session, and as soon as it is known who that is.
func (tx *Tx) settle(u *User) {
	var servers []string
	for _, s := range u.where {
		if tx.w.valid(s) && tx.w.reaches(s.server) {
			servers = append(servers, s.server)
		}
	}
	_, named := u.get(event.Nick, "")
	_, described := u.get(event.About, "")
	here, was := len(servers) > 0 && named && described, u.here
	if was && !here {
		tx.disappear(u)
	}
	u.servers = servers
	switch {
	case here && !was:
		tx.appear(u)
	case here:
		tx.settleAway(u)
		tx.settleResident(u)
	case (was || len(u.where) > 0) && !tx.lives(u):
		tx.forget(u)
	}
}

func (tx *Tx) appear(u *User) {
	u.here, u.shown = true, true
	u.change(func(id *Identity) { id.Away, id.Server = u.away(), tx.home(u) }) // and what follows from the rest of it
	if u.active.Load() == 0 {
		u.Touch(u.Identity().Person.Signon)
	}
	nick, _ := u.get(event.Nick, "")
	u.change(func(id *Identity) { id.Nick = nick.Text }) // one who has lost it before may get it now
	tx.claim(u, nick.Text)
	tx.count(u.Identity(), 1)
	tx.w.maxUsers = max(tx.w.maxUsers, len(tx.w.nicks))
	tx.settleResident(u)
	tx.settleInformed(u)
	tx.board(u)
}

// disappear takes u, who is not forgotten, out of the view.
func (tx *Tx) disappear(u *User) {
	tx.disembark(u)
	tx.release(u)
	tx.count(u.Identity(), -1)
	tx.dropResident(u)
	u.here = false
	tx.settleInformed(u)
}

// forget ends what is known of u, who has left, but for tombstones.
func (tx *Tx) forget(u *User) {
	delete(tx.w.users, u.uid)
	for _, b := range u.berths {
		tx.strike(u, b)
	}
	u.berths = nil
	if tx.w.Linked {
		tx.w.departed[u.uid] = u.where
	}
}

// settleAway makes the away message of u that of all the servers that have a
// session of u: one who is there on any of them is not away. The server that u is seen on
// follows from them, too.
func (tx *Tx) settleAway(u *User) {
	if !u.here {
		return
	}
	if message := u.away(); message != u.Identity().Away {
		u.change(func(id *Identity) { id.Away = message })
	}
	if home := tx.home(u); home != u.Identity().Server {
		u.change(func(id *Identity) { id.Server = home })
	}
}

// home is the server that others see u on: the one that u has connected to as long as
// there is a session, or else one that has another. Who stays without any is where the
// last one was, and if that is out of reach everywhere.
func (tx *Tx) home(u *User) string {
	first := u.Identity().Person.Server
	if slices.Contains(u.servers, first) {
		return first
	}
	for _, s := range slices.Sorted(slices.Values(u.servers)) {
		if s != Everywhere {
			return s
		}
	}
	if tx.w.reaches(first) {
		return first
	}
	return tx.w.self
}

func (u *User) away() string {
	attended, last := false, event.Value{}
	for _, server := range u.servers {
		if server == Everywhere {
			continue
		}
		attended = true
		v, ok := u.get(event.Away, server)
		if !ok {
			return ""
		}
		if v.Text != Automatic && (last.Text == "" || v.At.After(last.At)) {
			last = v
		}
	}
	if !attended {
		last, _ = u.get(event.Away, Everywhere)
	}
	if last.Text == "" && len(u.servers) > 0 {
		return Unattended
	}
	return last.Text
}

// Away returns what the sessions of a server say together of u: Automatic, a
// message, or "".
func (tx *Tx) Away(u *User, server string) string {
	v, ok := u.get(event.Away, server)
	if !ok {
		return ""
	}
	return v.Text
}

// Servers returns the servers that have a session of u, as far as this server can
// reach them, and Everywhere if u stays without any.
func (tx *Tx) Servers(u *User) []string { return slices.Clone(u.servers) }

// Presences returns the facts that u is nowhere.
func (tx *Tx) Presences(u *User) (facts []event.Fact) {
	for _, s := range u.where {
		if !s.Gone {
			k := event.Key{Kind: event.Presence, Scope: u.uid, A: s.server}
			facts = append(facts, event.Fact{Key: k, Value: event.Value{Gone: true}})
		}
	}
	return facts
}

// Stays reports whether u is here after the facts have been merged.
func (tx *Tx) Stays(u *User, facts []event.Fact) bool {
	left := len(u.servers)
	for _, s := range u.where {
		if !slices.Contains(u.servers, s.server) {
			continue
		}
		if slices.ContainsFunc(facts, func(f event.Fact) bool {
			return f.Kind == event.Presence && f.Gone && f.Scope == u.uid && f.A == s.server && f.At.After(s.At)
		}) {
			left--
		}
	}
	return left > 0
}

// Lives reports whether the user with this UID is on the network, here or out of reach,
// and whether it is known that the user has left.
func (w *World) Lives(uid string) (lives, left bool) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	_, left = w.departed[uid]
	return w.livesUID(uid), left
}

// Lives reports whether the user with this UID is on the network, here or out of reach.
func (tx *Tx) Lives(uid string) bool {
	u := tx.w.users[uid]
	return u != nil && tx.lives(u)
}

// ServersOf returns the servers that have a session of u.
func (w *World) ServersOf(u *User) []string {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return slices.DeleteFunc(slices.Clone(u.servers), func(s string) bool { return s == Everywhere })
}

// Attended reports whether any server has a session of u.
func (w *World) Attended(u *User) bool { return len(w.ServersOf(u)) > 0 }
