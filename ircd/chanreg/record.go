// Package chanreg keeps channel registrations: who owns a channel, who may do what
// in it, and what it looks like while nobody is there.
//
// What a channel looks like is kept as its facts, the same that servers exchange:
// restoring a channel is merging them, with the stamps they had.
package chanreg

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/store"
)

// A Record is what is kept of a channel: of a registered one, of one that is only
// permanent (mode P) and has no founder, or of one that nobody may use. It must not
// be modified: a change makes another Record.
type Record struct {
	Name string `json:"name"`
	// Founder is the account that owns the channel, or "".
	Founder   string    `json:"founder,omitempty"`
	Owned     time.Time `json:"owned,omitzero"`      // since when it does
	Successor string    `json:"successor,omitempty"` // the account that follows the founder
	Heir      string    `json:"heir,omitempty"`      // the account that the channel is offered to
	Created   time.Time `json:"created,omitzero"`    // when it was registered
	// Access is the flags of accounts, by folded name.
	Access map[string]Grant `json:"access,omitempty"`
	Akicks []Akick          `json:"akicks,omitempty"`
	// Templates are names for sets of flags in this channel, in capitals, besides those
	// that there are everywhere.
	Templates map[string]Flags `json:"templates,omitempty"`
	// Settings are set by CS SET, by name; what is absent is the default.
	Settings  map[string]string `json:"settings,omitempty"`
	Suspended *Ruling           `json:"suspended,omitempty"`
	// Acts are what was changed last, the oldest first.
	Acts []Act `json:"acts,omitempty"`
	// Used is when somebody with access was in the channel last, to within a day, and
	// Warned when the founder was told that the registration will end.
	Used   time.Time `json:"used,omitzero"`
	Warned time.Time `json:"warned,omitzero"`
	// Forbidden means that nobody may register or use the channel.
	Forbidden *Ruling `json:"forbidden,omitempty"`

	Incarnation event.Stamp  `json:"incarnation,omitzero"`
	Facts       []event.Fact `json:"facts,omitempty"`
}

// A Grant is what an account may do in a channel, or all who have access to another
// channel, if Account is the name of one.
type Grant struct {
	Account string    `json:"account"`
	Flags   Flags     `json:"flags"`
	By      string    `json:"by"`
	Since   time.Time `json:"since"`
}

// An Akick keeps those who match out of the channel.
type Akick struct {
	Mask   string    `json:"mask"` // a mask or an extended ban, in canonical form
	Reason string    `json:"reason,omitempty"`
	By     string    `json:"by"`
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until,omitzero"` // if zero, for ever
}

// A Ruling is an operator's decision that nobody may use a registration, or a
// channel at all.
type Ruling struct {
	Reason string    `json:"reason,omitempty"`
	By     string    `json:"by"`
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until,omitzero"` // if zero, for ever
}

// An Act is a change of the record that somebody has made.
type Act struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	What string    `json:"what"` // the command, as it was written
}

// maxActs is how many acts are kept.
const maxActs = 50

// Note adds an act.
func (r *Record) Note(a Act) {
	r.Acts = append(r.Acts, a)
	if n := len(r.Acts); n > maxActs {
		r.Acts = slices.Clone(r.Acts[n-maxActs:])
	}
}

// LastUsed returns when the channel was used last, as far as that is known.
func (r *Record) LastUsed() time.Time {
	last := r.Used
	for _, t := range []time.Time{r.Owned, r.Created} {
		if t.After(last) {
			last = t
		}
	}
	return last
}

// Registered reports whether somebody owns the channel.
func (r *Record) Registered() bool { return r != nil && r.Founder != "" }

// Closed returns the ruling by which nobody may use the channel now, or nil.
func (r *Record) Closed(now time.Time) *Ruling {
	switch {
	case r == nil:
		return nil
	case r.Forbidden.holds(now):
		return r.Forbidden
	case r.Suspended.holds(now):
		return r.Suspended
	}
	return nil
}

// Setting returns a setting, or "".
func (r *Record) Setting(name string) string {
	if r == nil {
		return ""
	}
	return r.Settings[name]
}

// On reports whether a setting that is on or off is on.
func (r *Record) On(name string) bool { return r.Setting(name) == "on" }

func (d *Ruling) holds(now time.Time) bool {
	return d != nil && (d.Until.IsZero() || now.Before(d.Until))
}

// Expired reports whether the akick no longer counts.
func (a Akick) Expired(now time.Time) bool { return !a.Until.IsZero() && !now.Before(a.Until) }

// clone returns a copy of the record that may be modified.
func (r *Record) clone() *Record {
	c := *r
	c.Access, c.Settings = maps.Clone(r.Access), maps.Clone(r.Settings)
	if c.Access == nil {
		c.Access = map[string]Grant{}
	}
	if c.Settings == nil {
		c.Settings = map[string]string{}
	}
	if c.Templates = maps.Clone(r.Templates); c.Templates == nil {
		c.Templates = map[string]Flags{}
	}
	c.Akicks, c.Acts = slices.Clone(r.Akicks), slices.Clone(r.Acts)
	return &c
}

// idle reports whether there is nothing in the record that is worth keeping.
func (r *Record) idle() bool { return !r.Registered() && r.Forbidden == nil && len(r.Facts) == 0 }

var schema = store.Schema[Record]{Name: "channel", Migrations: []store.Migration{second}}

// second: there were no templates, acts and times of use.
func second(map[string]json.RawMessage) error { return nil }
