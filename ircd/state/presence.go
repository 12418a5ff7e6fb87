package state

import (
	"slices"
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
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

// presence adds or removes a server that has a session of u. With the first, u
// appears; with the last, u is gone.
func (tx *Tx) presence(u *User, f event.Fact) {
	i := slices.Index(u.servers, f.A)
	switch {
	case !f.Gone && i < 0:
		if u.servers = append(u.servers, f.A); len(u.servers) == 1 {
			tx.appear(u)
		}
	case f.Gone && i >= 0:
		u.left = f.At.Time()
		if u.servers = slices.Delete(u.servers, i, i+1); len(u.servers) == 0 {
			tx.vanish(u)
			return
		}
	default:
		return
	}
	tx.settleAway(u)
	tx.settleResident(u)
}

// settleAway makes the away message of u that of all the servers that have a
// session of u: one who is there on any of them is not away.
func (tx *Tx) settleAway(u *User) {
	if message := u.away(); message != u.Identity().Away {
		u.change(func(id *Identity) { id.Away = message })
	}
}

func (u *User) away() string {
	attended, last := false, event.Value{}
	for _, server := range u.servers {
		if server == Everywhere {
			continue
		}
		attended = true
		v, ok := u.aways[server]
		if !ok {
			return ""
		}
		if v.Text != Automatic && (last.Text == "" || v.At.After(last.At)) {
			last = v
		}
	}
	if !attended {
		last = u.aways[Everywhere]
	}
	if last.Text == "" && u.present() {
		return Unattended
	}
	return last.Text
}

// noteAway makes the view follow a fact about who is away: A is a server.
func (tx *Tx) noteAway(u *User, f event.Fact) {
	if u.aways == nil {
		u.aways = map[string]event.Value{}
	}
	if u.aways[f.A] = f.Value; f.Gone {
		delete(u.aways, f.A)
	}
	tx.settleAway(u)
}

// Away returns what the sessions of a server say together of u: Automatic, a
// message, or "".
func (tx *Tx) Away(u *User, server string) string { return u.aways[server].Text }

// Servers returns the servers that have a session of u, and Everywhere if u stays
// without any.
func (tx *Tx) Servers(u *User) []string { return slices.Clone(u.servers) }

// Stays reports whether u is present somewhere after the facts have been merged.
func (tx *Tx) Stays(u *User, facts []event.Fact) bool {
	left := len(u.servers)
	for _, f := range facts {
		if f.Kind == event.Presence && f.Gone && f.Scope == u.uid &&
			slices.Contains(u.servers, f.A) && f.At.After(tx.w.facts[f.Key].At) {
			left--
		}
	}
	return left > 0
}

// settleResident keeps the index of those who stay, by account.
func (tx *Tx) settleResident(u *User) {
	key := tx.w.Mapping.Fold(u.Account())
	if u.resident != "" && u.resident != key {
		tx.dropResident(u)
	}
	switch {
	case u.Account() == "" || !slices.Contains(u.servers, Everywhere):
		tx.dropResident(u)
	case tx.w.residents[key] == nil:
		tx.w.residents[key], u.resident = u, key
	}
}

func (tx *Tx) dropResident(u *User) {
	if tx.w.residents[u.resident] == u {
		delete(tx.w.residents, u.resident)
	}
	u.resident = ""
}

// Resident returns the user who stays for an account, or nil.
func (w *World) Resident(account string) *User {
	key := w.Mapping.Fold(account)
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.residents[key]
}

// Residents returns all users who stay, in no order.
func (w *World) Residents() []*User {
	w.mu.RLock()
	defer w.mu.RUnlock()
	all := make([]*User, 0, len(w.residents))
	for _, u := range w.residents {
		all = append(all, u)
	}
	return all
}

// Lookalike returns the user whose nick is, or looks like, this one, or nil.
func (w *World) Lookalike(nick string) *User {
	key, skeleton := w.Mapping.Fold(nick), w.Mapping.Skeleton(nick)
	w.mu.RLock()
	defer w.mu.RUnlock()
	if u := w.nicks[key]; u != nil {
		return u
	}
	return w.skeletons[skeleton]
}

// ServersOf returns the servers that have a session of u.
func (w *World) ServersOf(u *User) []string {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return slices.DeleteFunc(slices.Clone(u.servers), func(s string) bool { return s == Everywhere })
}

// Unattended returns since when u has had no session on any server, zero if there is
// one or that is not known.
func (w *World) Unattended(u *User) time.Time {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if slices.ContainsFunc(u.servers, func(s string) bool { return s != Everywhere }) {
		return time.Time{}
	}
	if seen := u.Seen(); seen.After(u.left) {
		return seen
	}
	return u.left
}

// Attended reports whether any server has a session of u.
func (w *World) Attended(u *User) bool { return len(w.ServersOf(u)) > 0 }

// residents is the type of the index of those who stay.
type residents map[casemap.Folded]*User
