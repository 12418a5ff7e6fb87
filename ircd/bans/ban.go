// Package bans keeps the bans of a network: who may not connect, who is not heard, who
// has to log in, which names nobody may have, and who is exempt from all that.
//
// There is one kind of record and one way to match it, that of extended bans (package
// extban): KLINE, DLINE, SHUN and the like are only ways to write one. The records are
// shared by the servers of a network, so that each applies them to its own clients,
// at once when one is set, and before registration to whoever connects.
//
// A hundred thousand bans must not be felt by who connects. So every ban is found by
// its rarest condition: a network by its prefix, an account, a certificate or a host by
// a map, most masks by the fixed beginning or end of their host. What is left is
// compared one by one.
package bans

import (
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/extban"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/store"
)

// An Action is what a ban does to those it is about.
type Action string

// The actions.
const (
	Out     Action = "ban"
	Shun    Action = "shun"
	Login   Action = "require-sasl"
	Exempt  Action = "exempt"
	Reserve Action = "reserve"
)

// A Row describes an action.
type Row struct {
	Action Action
	Help   lang.Text
}

var rows = []Row{
	{Out, "They cannot connect; those who are connected are disconnected."},
	{Shun, "They can connect, but nothing they send has an effect, and they are not told."},
	{Login, "They can connect only by logging in to an account."},
	{Exempt, "No ban, shun or demand to log in is about them."},
	{Reserve, "Nobody can have this nick or channel; a mask stands for many."},
}

// Actions returns the actions.
func Actions() []Row { return rows }

// A Ban is one ban. It is not modified once it is made.
type Ban struct {
	ID     string `json:"id"` // by which people refer to it
	Action Action `json:"action"`
	// Target is whom it is about: a network, an extended ban or, to reserve it, the
	// mask of a nick or a channel.
	Target string    `json:"target"`
	Reason string    `json:"reason,omitempty"` // which they are told
	Note   string    `json:"note,omitempty"`   // which only operators see
	By     string    `json:"by"`               // who has set it
	Server string    `json:"server"`           // and where
	Set    time.Time `json:"set"`
	Until  time.Time `json:"until,omitzero"` // if zero, for good
}

// Over reports whether the time of the ban has passed.
func (b *Ban) Over(now time.Time) bool { return !b.Until.IsZero() && !now.Before(b.Until) }

var schema = store.Schema[Ban]{Name: "ban"}

// An entry is a ban, ready to be matched.
type entry struct {
	*Ban
	target
	key string // in the store
	rev uint64
}

// match reports whether the ban is about s, who may be exempt all the same.
func (e *entry) match(s extban.Subject, now time.Time) bool {
	return !e.Over(now) && e.who != nil && e.who.Match(s)
}

// A target is whom a ban is about.
type target struct {
	text string         // in canonical form
	who  *extban.Entry  // nil if a name is reserved
	mask casemap.Mask   // of the name
	look casemap.Folded // of a name without wildcards
}
