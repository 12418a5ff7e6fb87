package state

import (
	"slices"

	"github.com/parley-irc/parley/ircd/event"
)

// Several users may claim one nick: two servers gave it away at the same time, or were
// split. One has it, and the others are called by their UIDs until it is free. Who that
// is follows from nothing but the facts about those who are here, so that servers
// agree.

// A Renaming is a user who is called otherwise now: by choice, or because of another's
// claim. Who has lost a nick to that is called by the UID.
type Renaming struct {
	*User
	Old  *Identity
	New  string // the nick
	Lost bool
}

// claim makes nick what u claims.
func (tx *Tx) claim(u *User, nick string) {
	if !u.here {
		u.change(func(id *Identity) { id.Nick = nick })
		return
	}
	mark := len(tx.Renamed)
	old := u.Identity()
	tx.release(u)
	freed := slices.Clone(tx.Renamed[mark:]) // who may have the nick that u has had until now
	tx.Renamed = tx.Renamed[:mark]
	u.claimed = tx.w.Mapping.Fold(nick)
	lost := false
	switch holder := tx.w.nicks[u.claimed]; {
	case holder == nil:
		tx.call(u, nick)
	case tx.prevails(u, holder):
		tx.displace(holder)
		tx.call(u, nick)
	default:
		tx.w.rivals[u.claimed] = append(tx.w.rivals[u.claimed], u)
		tx.call(u, u.uid)
		lost = true
	}
	if old.Nick != u.Nick() {
		tx.Renamed = append(tx.Renamed, Renaming{u, old, u.Nick(), lost})
	}
	tx.Renamed = append(tx.Renamed, freed...)
}

// call makes nick, which nobody has, that of u.
func (tx *Tx) call(u *User, nick string) {
	if u.Nick() != nick {
		u.change(func(id *Identity) { id.Nick = nick })
	}
	tx.w.nicks[tx.w.Mapping.Fold(nick)] = u
	if key := tx.w.Mapping.Skeleton(nick); tx.w.skeletons[key] == nil {
		tx.w.skeletons[key] = u
	} else if tx.w.skeletons[key] != u && !slices.Contains(tx.w.doubles[key], u) {
		tx.w.doubles[key] = append(tx.w.doubles[key], u)
	}
}

// displace takes the nick that u claims from u.
func (tx *Tx) displace(u *User) {
	old := u.Identity()
	tx.unindex(u)
	tx.w.rivals[u.claimed] = append(tx.w.rivals[u.claimed], u)
	tx.call(u, u.uid)
	tx.Renamed = append(tx.Renamed, Renaming{u, old, u.uid, true})
}

// install gives u, a rival, the nick that it claims.
func (tx *Tx) install(u *User) {
	rest := slices.DeleteFunc(slices.Clone(tx.w.rivals[u.claimed]), func(o *User) bool { return o == u })
	if tx.w.rivals[u.claimed] = rest; len(rest) == 0 {
		delete(tx.w.rivals, u.claimed)
	}
	old := u.Identity()
	tx.unindex(u)
	tx.call(u, u.facts[about{event.Nick, ""}].Text)
	tx.Renamed = append(tx.Renamed, Renaming{u, old, u.Nick(), false})
}

// release ends the claim of u. If u had the nick, the best of the rivals gets it.
func (tx *Tx) release(u *User) {
	tx.unindex(u)
	key := u.claimed
	if rivals := tx.w.rivals[key]; slices.Contains(rivals, u) {
		rivals = slices.DeleteFunc(slices.Clone(rivals), func(o *User) bool { return o == u })
		if tx.w.rivals[key] = rivals; len(rivals) == 0 {
			delete(tx.w.rivals, key)
		}
	}
	if best := tx.bestRival(u); best != nil && tx.w.nicks[key] == nil {
		tx.install(best)
	}
}

// bestRival returns the rival with the best claim to what u claims, or nil.
func (tx *Tx) bestRival(u *User) (best *User) {
	for _, r := range tx.w.rivals[u.claimed] {
		if best == nil || tx.prevails(r, best) {
			best = r
		}
	}
	return best
}

// contest decides anew who has the nick that u claims: the account of u has changed.
func (tx *Tx) contest(u *User) {
	best, holder := tx.bestRival(u), tx.w.nicks[u.claimed]
	if best != nil && holder != nil && tx.prevails(best, holder) {
		tx.displace(holder)
		tx.install(best)
	}
}

// prevails reports whether the claim of u to a nick is better than that of other: u is
// the owner of the account of that name, or else claimed it before, or else has the
// smaller UID.
func (tx *Tx) prevails(u, other *User) bool {
	owns := func(x *User) bool {
		return x.Account() != "" && tx.w.Mapping.Fold(x.Account()) == x.claimed
	}
	if owns(u) != owns(other) {
		return owns(u)
	}
	mine, theirs := u.facts[about{event.Nick, ""}].At, other.facts[about{event.Nick, ""}].At
	if mine != theirs {
		return theirs.After(mine)
	}
	return u.uid < other.uid
}

func (tx *Tx) unindex(u *User) {
	nick := u.Nick()
	if key := tx.w.Mapping.Fold(nick); tx.w.nicks[key] == u {
		delete(tx.w.nicks, key)
	}
	key := tx.w.Mapping.Skeleton(nick)
	doubles := slices.DeleteFunc(tx.w.doubles[key], func(o *User) bool { return o == u })
	if tx.w.skeletons[key] == u {
		if delete(tx.w.skeletons, key); len(doubles) > 0 {
			tx.w.skeletons[key], doubles = doubles[0], doubles[1:]
		}
	}
	if tx.w.doubles[key] = doubles; len(doubles) == 0 {
		delete(tx.w.doubles, key)
	}
}
