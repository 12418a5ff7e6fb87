// Package state holds the users and channels of the network: who is where.
//
// What is so is written as facts (package event), which servers share; the
// users, channels and members here are the view of those facts. Nothing but
// merging a fact changes the view, so servers that hold the same facts agree.
//
// The package imports nothing that performs I/O, so nothing under its locks can
// wait. The server has three locks, always taken in this order:
//
//  1. the World's: which users and channels exist, and who is in which;
//  2. a Channel's: its modes, topic and members, and the order of its messages;
//  3. a Session's: its queue (package session).
package state

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
)

// A World is all users and channels of the network.
type World struct {
	Mapping casemap.Mapping
	Modes   *modes.Table // of channels
	// Linked means that facts which are gone are kept, for other servers' sake.
	Linked bool
	// Returning is called, with the channel locked, when a user who is here again
	// joins a channel of former times. It calls join, which reports whether that is
	// still so.
	Returning func(tx *Tx, cx ChannelTx, f event.Fact, join func() *Member)
	// Leaving is called, with the channel locked, when a member of a channel that is
	// Divided leaves the network. It calls leave.
	Leaving func(cx ChannelTx, leave func())

	mu        sync.RWMutex
	facts     event.Facts // about the network: where channels are, which servers there are
	users     map[string]*User
	departed  map[string][]sojourn // where those who have left were, by UID
	boots     map[string]string    // the run of each server, by name
	reached   map[string]bool      // servers in reach, by name: this one, too
	self      string               // the name of this one, if it is linked
	nicks     map[casemap.Folded]*User
	rivals    map[casemap.Folded][]*User // who claim a nick that another has
	skeletons map[casemap.Folded]*User
	doubles   map[casemap.Folded][]*User // further ones, of servers that were apart
	residents residents
	channels  map[casemap.Folded]*Channel
	graves    map[casemap.Folded]event.Facts // of channels that are gone
	forwards  map[casemap.Folded]forward     // from old names
	whowas    whowas
	watchers  watchers
	visits    uint64
	maxUsers  int

	invisible, opers, locals atomic.Int64
	informed                 atomic.Pointer[[]*User] // who receive notices of the server
}

// New returns an empty World. It remembers as many users who left as whowas says.
func New(m casemap.Mapping, t *modes.Table, whowas int) *World {
	w := &World{
		Mapping: m, Modes: t,
		facts:     event.Facts{},
		users:     map[string]*User{},
		departed:  map[string][]sojourn{},
		boots:     map[string]string{},
		reached:   map[string]bool{},
		rivals:    map[casemap.Folded][]*User{},
		nicks:     map[casemap.Folded]*User{},
		skeletons: map[casemap.Folded]*User{},
		doubles:   map[casemap.Folded][]*User{},
		residents: residents{},
		channels:  map[casemap.Folded]*Channel{},
		graves:    map[casemap.Folded]event.Facts{},
		forwards:  map[casemap.Folded]forward{},
		watchers:  newWatchers(),
	}
	w.whowas.limit = whowas
	w.informed.Store(new([]*User))
	return w
}

// Informed returns the users who receive notices of the server (user mode s). The
// slice is not to be modified.
func (w *World) Informed() []*User { return *w.informed.Load() }

// User returns the user with this nick, or nil.
func (w *World) User(nick string) *User {
	key := w.Mapping.Fold(nick)
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.nicks[key]
}

// ByUID returns the user with this UID, or nil.
func (w *World) ByUID(uid string) *User {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if u := w.users[uid]; u != nil && u.here {
		return u
	}
	return nil
}

// Channel returns the channel of this name, or nil.
func (w *World) Channel(name string) *Channel {
	key := w.Mapping.Fold(name)
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.channels[key]
}

// Users returns all users, in no order.
func (w *World) Users() []*User {
	w.mu.RLock()
	defer w.mu.RUnlock()
	all := make([]*User, 0, len(w.nicks))
	for _, u := range w.nicks {
		all = append(all, u)
	}
	return all
}

// Channels returns all channels, in no order.
func (w *World) Channels() []*Channel {
	w.mu.RLock()
	defer w.mu.RUnlock()
	all := make([]*Channel, 0, len(w.channels))
	for _, ch := range w.channels {
		all = append(all, ch)
	}
	return all
}

// Counts are the numbers that LUSERS shows.
type Counts struct {
	Users, Invisible, Opers, Channels, Max int
	// Local is the users who are connected to this server.
	Local int
}

// Counts returns how many users and channels there are.
func (w *World) Counts() Counts {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return Counts{len(w.nicks), int(w.invisible.Load()), int(w.opers.Load()), len(w.channels), w.maxUsers, int(w.locals.Load())}
}

// Update calls f with the World locked. Only package network may call it.
func (w *World) Update(f func(tx *Tx) error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return f(&Tx{w: w})
}

// A Tx is access to the locked World; it is valid until Update returns. What
// only needs the World's lock is a method of Tx; what also needs a channel's
// takes its ChannelTx as well.
type Tx struct {
	w *World
	// Renamed are the users who are called otherwise, in the order in which they are
	// to be told of: no two have one nick at a time.
	Renamed []Renaming
	// Divided are channels that somebody has joined who is not of the incarnation that
	// counts, or whose members are not.
	Divided []*Channel
}

// User returns the user with this nick, or nil.
func (tx *Tx) User(nick string) *User { return tx.w.nicks[tx.w.Mapping.Fold(nick)] }

// ByUID returns the user with this UID, or nil.
func (tx *Tx) ByUID(uid string) *User {
	if u := tx.w.users[uid]; u != nil && u.here {
		return u
	}
	return nil
}

// Holds reports whether a fact about a user holds.
func (tx *Tx) Holds(k event.Key) bool {
	u := tx.w.users[k.Scope]
	if u == nil {
		return false
	}
	if k.Kind == event.Presence {
		return slices.ContainsFunc(u.where, func(s sojourn) bool { return s.server == k.A && tx.w.valid(s) })
	}
	_, ok := u.get(k.Kind, k.A)
	return ok
}

// Channel returns the channel of this name, or nil.
func (tx *Tx) Channel(name string) *Channel { return tx.w.channels[tx.w.Mapping.Fold(name)] }

// NickFree reports whether nobody but u, who may be nil, has a nick that is, or
// looks like, this one.
func (w *World) NickFree(u *User, nick string) bool {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return (&Tx{w: w}).MayTakeNick(u, nick)
}

// MayTakeNick reports whether nobody but u has a nick that is, or looks like,
// this one. u may be nil.
func (tx *Tx) MayTakeNick(u *User, nick string) bool {
	if other := tx.w.nicks[tx.w.Mapping.Fold(nick)]; other != nil {
		return other == u
	}
	skeleton := tx.w.Mapping.Skeleton(nick)
	if other := tx.w.skeletons[skeleton]; other != nil && other != u {
		return false
	}
	return !slices.ContainsFunc(tx.w.doubles[skeleton], func(o *User) bool { return o != u })
}

// Peers returns the users of this server who see what u does: those who share a
// channel in which u is visible to them. u is not among them.
func (tx *Tx) Peers(u *User) []*User {
	tx.w.visits++
	u.visit = tx.w.visits
	var peers []*User
	for _, m := range u.Memberships() {
		everyone, roster := m.Channel.shows(m), m.Channel.roster()
		if peers == nil {
			peers = make([]*User, 0, len(roster)) // growing to a thousand costs more than telling them
		}
		for _, o := range roster {
			if o.visit == tx.w.visits || len(*o.sessions.Load()) == 0 || !everyone && !m.Channel.sees(o, m) {
				continue
			}
			o.visit = tx.w.visits
			peers = append(peers, o.User)
		}
	}
	return peers
}
