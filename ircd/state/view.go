package state

import (
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/extban"
	"github.com/parley-irc/parley/ircd/modes"
)

// Name returns the channel's name.
func (v View) Name() string { return v.ch.Name() }

// Member returns u's membership, or nil.
func (v View) Member(u *User) *Member {
	if u == nil {
		return nil
	}
	return v.ch.members[u.uid]
}

// Members returns the members. The slice may be kept, but not modified.
func (v View) Members() []*Member { return v.ch.rosterOf }

// Topic returns the topic; its text is "" if there is none.
func (v View) Topic() event.TopicText { return v.ch.topic }

// Param returns the parameter of the mode of this letter, or "".
func (v View) Param(letter byte) string { return v.ch.params[letter] }

// Epoch returns from when on the members may read what was said, zero if always.
func (v View) Epoch() event.Stamp {
	k := event.Key{Kind: event.Epoch, Scope: string(v.ch.Key()), Incarnation: v.ch.incarnation}
	if v.ch.facts.Has(k) {
		return v.ch.incarnation
	}
	return event.Stamp{}
}

// Created returns when the channel was created.
func (v View) Created() time.Time { return v.ch.incarnation.Time() }

// List returns the entries of the list of this letter that have not expired. The
// slice may be kept, but not modified.
func (v View) List(letter byte, now time.Time) []*Entry {
	var live []*Entry
	for _, e := range v.ch.lists[letter] {
		if !e.Expired(now) {
			live = append(live, e)
		}
	}
	return live
}

// ListSize returns how many entries all lists of the channel have.
func (v View) ListSize() (n int) {
	for _, l := range v.ch.lists {
		n += len(l)
	}
	return n
}

// Entry returns the entry of a list that compares equal, or nil.
func (v View) Entry(letter byte, b *extban.Entry) *Entry {
	for _, e := range v.ch.lists[letter] {
		if e.Ban.Key() == b.Key() {
			return e
		}
	}
	return nil
}

// Modes returns the modes and their parameters, as in "+klnt key 5". The key is
// shown to members only.
func (v View) Modes(member bool) []string {
	var letters strings.Builder
	letters.WriteByte('+')
	var params []string
	for _, m := range v.ch.world.Modes.Rows {
		if !v.ch.Has(m.Letter) {
			continue
		}
		letters.WriteByte(m.Letter)
		if p := v.ch.params[m.Letter]; p != "" && (m.Kind == modes.Key || m.Kind == modes.Param) {
			if m.Kind == modes.Key && !member {
				p = "*"
			}
			params = append(params, p)
		}
	}
	return append([]string{letters.String()}, params...)
}

// Expired returns the timed entries whose time is over.
func (v View) Expired(now time.Time) map[byte][]*Entry {
	all := map[byte][]*Entry{}
	for letter, list := range v.ch.lists {
		for _, e := range list {
			if e.Expired(now) {
				all[letter] = append(all[letter], e)
			}
		}
	}
	return all
}

// Origin returns the SID of the server where the entry was made.
func (e *Entry) Origin() string { return e.at.Server }
