package state

import (
	"slices"
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
)

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

// Lookalikes returns all users whose nicks are, or look like, this one: several if they
// came while servers were apart.
func (w *World) Lookalikes(nick string) (all []*User) {
	skeleton := w.Mapping.Skeleton(nick)
	w.mu.RLock()
	defer w.mu.RUnlock()
	if u := w.skeletons[skeleton]; u != nil {
		all = append(all, u)
	}
	return append(all, w.doubles[skeleton]...)
}

// Unattended returns since when u has had no session on any server, zero if there is
// one or that is not known.
func (w *World) Unattended(u *User) time.Time {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if slices.ContainsFunc(u.servers, func(s string) bool { return s != Everywhere }) {
		return time.Time{}
	}
	return (&Tx{w: w}).Left(u)
}

// Left returns when the last session of u ended that has, on any server.
func (tx *Tx) Left(u *User) time.Time {
	if seen := u.Seen(); seen.After(u.left) {
		return seen
	}
	return u.left
}

// residents is the type of the index of those who stay.
type residents map[casemap.Folded]*User
