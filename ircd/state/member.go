package state

import (
	"sync/atomic"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
)

// A Member is a user's membership of a channel.
type Member struct {
	*User
	Channel *Channel
	status  atomic.Uint64 // a modes.Set
	hidden  atomic.Bool   // the join has not been shown to others (mode D)
	joined  event.Stamp
	// of are the incarnations that the user is a member of: one, unless channels
	// have become one.
	of  []membership
	own [1]membership // of which of is a part, usually
}

// Status returns the member's statuses.
func (m *Member) Status() modes.Set { return modes.Set(m.status.Load()) }

// Prefixes returns the prefixes of the member's statuses, from the highest.
func (m *Member) Prefixes() string {
	if m.status.Load() == 0 {
		return ""
	}
	return m.Channel.world.Modes.Prefixes(m.Status())
}

// Hidden reports whether the member's join has not been shown to others.
func (m *Member) Hidden() bool { return m.hidden.Load() }

// Left returns the facts that the member is one no longer.
func (m *Member) Left() (facts []event.Fact) {
	for _, o := range m.of {
		k := event.Key{Kind: event.Member, Scope: string(m.Channel.Key()), Incarnation: o.inc, A: m.uid}
		facts = append(facts, event.Fact{Key: k, Value: event.Value{Gone: true}})
	}
	return facts
}

// Joined returns when the member joined.
func (m *Member) Joined() time.Time { return m.joined.Time() }

// JoinStamp is the stamp of Joined, the same on all servers.
func (m *Member) JoinStamp() event.Stamp { return m.joined }

// AtLeast reports whether the member has the status of this letter or a higher one.
func (m *Member) AtLeast(letter byte) bool {
	if m == nil {
		return false
	}
	s := m.Status()
	for _, row := range m.Channel.world.Modes.Rows {
		if row.Kind != modes.Status {
			break
		}
		if s.Has(row.Letter) {
			return true
		}
		if row.Letter == letter {
			return false
		}
	}
	return false
}

// Rank returns the number of the member's highest status, 0 for none; a higher
// status has a higher rank.
func (m *Member) Rank() int {
	if m == nil {
		return 0
	}
	for i, row := range statuses {
		if m.Status().Has(row) {
			return len(statuses) - i
		}
	}
	return 0
}

var statuses = [...]byte{modes.Founder, modes.Admin, modes.Operator, modes.HalfOp, modes.Voice}
