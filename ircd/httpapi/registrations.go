package httpapi

import (
	"maps"
	"slices"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/state"
)

// A Registration is whose a channel is.
type Registration struct {
	Channel   string            `json:"channel" doc:"The name of the channel."`
	Founder   string            `json:"founder,omitempty" doc:"The account that owns it."`
	Successor string            `json:"successor,omitempty" doc:"The account that follows."`
	Since     time.Time         `json:"since,omitzero" doc:"When it was registered."`
	Access    []Access          `json:"access" doc:"What accounts may do in it."`
	Settings  map[string]string `json:"settings" doc:"What was set by ChanServ SET."`
	Suspended *Ruling           `json:"suspended,omitempty" doc:"Why nobody may use it, if so."`
	Forbidden *Ruling           `json:"forbidden,omitempty" doc:"Why nobody may have a channel of this name, if so."`
}

// An Access is what an account may do in a channel.
type Access struct {
	Account string    `json:"account" doc:"The account."`
	Flags   string    `json:"flags" doc:"The flags, as ChanServ FLAGS has them."`
	By      string    `json:"by" doc:"Who has given them."`
	Since   time.Time `json:"since" doc:"When."`
}

// A Ruling is a decision of an operator.
type Ruling struct {
	Reason string    `json:"reason,omitempty" doc:"Why."`
	By     string    `json:"by" doc:"Who has decided it."`
	Since  time.Time `json:"since" doc:"When."`
	Until  time.Time `json:"until,omitzero" doc:"Until when; missing if for good."`
}

func rulingOf(r *chanreg.Ruling) *Ruling {
	if r == nil {
		return nil
	}
	return &Ruling{r.Reason, r.By, r.Since.UTC(), r.Until.UTC()}
}

// registration returns that of a channel, nil if it has none.
func (c *Call) registration(name string) *Registration {
	if c.Core.Channels == nil {
		return nil
	}
	rec := c.Core.Channels.Lookup(name)
	if rec == nil || !rec.Registered() && rec.Forbidden == nil {
		return nil
	}
	x := registrationOf(rec)
	return &x
}

func registrationOf(rec *chanreg.Record) Registration {
	x := Registration{
		Channel: rec.Name, Founder: rec.Founder, Successor: rec.Successor, Since: rec.Created.UTC(), Access: []Access{},
		Settings: map[string]string{}, Suspended: rulingOf(rec.Suspended), Forbidden: rulingOf(rec.Forbidden),
	}
	maps.Copy(x.Settings, rec.Settings)
	for _, key := range slices.Sorted(maps.Keys(rec.Access)) {
		g := rec.Access[key]
		x.Access = append(x.Access, Access{g.Account, string(g.Flags), g.By, g.Since.UTC()})
	}
	return x
}

var noChannels = Unavailable.Because("No channels can be registered here.")

func registrations(c *Call, q Paging, _ none) (List[Registration], error) {
	if c.Core.Channels == nil {
		return List[Registration]{}, noChannels
	}
	keep := func(r *chanreg.Record) bool { return r.Registered() || r.Forbidden != nil }
	return paged(c, q, c.Core.Channels.All(), func(r *chanreg.Record) string { return r.Name }, keep, registrationOf), nil
}

// A Sentence is a decision that is made.
type Sentence struct {
	Reason   string `json:"reason" doc:"Why."`
	Duration string `json:"duration,omitempty" doc:"For how long, such as 12h or 30d; missing for good."`
}

// until returns when it ends, zero if never.
func (b Sentence) until(c *Call) (time.Time, error) { return ends(c, b.Duration) }

func ends(c *Call, duration string) (until time.Time, err error) {
	if duration == "" {
		return until, nil
	}
	d, err := config.ParseDuration(duration)
	if err != nil || d <= 0 {
		return until, Invalid.Because("%q is no duration; write one such as 12h or 30d.", duration).In("duration")
	}
	return c.now().Add(d.Std()), nil
}

func (c *Call) ruling(b Sentence) (*chanreg.Ruling, error) {
	until, err := b.until(c)
	return &chanreg.Ruling{Reason: b.Reason, By: c.By(), Since: c.now(), Until: until}, err
}

// rule changes the record of a channel, and lets those go who are in it.
func (c *Call) rule(name, act, reason string, empty bool, f func(*chanreg.Record) error) error {
	if c.Core.Channels == nil {
		return noChannels
	}
	if err := c.Core.Channels.Change(c.r.Context(), name, f); err != nil {
		return err
	}
	c.Audit(audit.Channel, name, act)
	if ch := c.Core.Network.World.Channel(name); ch != nil && empty {
		var all []*state.Member
		ch.View(func(v state.View) { all = v.Members() })
		for _, m := range all {
			_ = c.Core.Network.Kick(network.Actor{}, m.User, ch, Reason{reason}.text(c, "This channel is closed"), false) // who has left is gone
		}
	}
	return nil
}

func suspendChannel(c *Call, q ChannelPath, b Sentence) (Registration, error) {
	d, err := c.ruling(b)
	if err != nil {
		return Registration{}, err
	}
	err = c.rule(q.Name, "SUSPEND "+b.Reason, b.Reason, true, func(r *chanreg.Record) error {
		if !r.Registered() {
			return chanreg.ErrNotFound
		}
		r.Suspended = d
		return nil
	})
	return c.ruled(q.Name), err
}

func unsuspendChannel(c *Call, q ChannelPath, _ none) (Registration, error) {
	err := c.rule(q.Name, "UNSUSPEND", "", false, func(r *chanreg.Record) error {
		if r.Suspended == nil {
			return NotFound.Because("%s is not suspended.", q.Name)
		}
		r.Suspended = nil
		return nil
	})
	return c.ruled(q.Name), err
}

func forbidChannel(c *Call, q ChannelPath, b Sentence) (Registration, error) {
	if !c.Core.Network.World.Mapping.ValidChannel(q.Name, c.Core.Config().Limits.ChannelLength) {
		return Registration{}, Invalid.Because("%s cannot be a channel.", q.Name).In("name")
	}
	d, err := c.ruling(b)
	if err != nil {
		return Registration{}, err
	}
	err = c.rule(q.Name, "PURGE ADD "+b.Reason, b.Reason, true, func(r *chanreg.Record) error {
		*r = chanreg.Record{Name: r.Name, Forbidden: d, Incarnation: r.Incarnation}
		return nil
	})
	if ch := c.Core.Network.World.Channel(q.Name); ch != nil && err == nil {
		c.Core.Network.MarkRegistered(network.Actor{}, ch, false)
	}
	return c.ruled(q.Name), err
}

func permitChannel(c *Call, q ChannelPath, _ none) (none, error) {
	err := c.rule(q.Name, "PURGE DEL", "", false, func(r *chanreg.Record) error {
		if r.Forbidden == nil {
			return NotFound.Because("%s is not forbidden.", q.Name)
		}
		r.Forbidden = nil
		return nil
	})
	return none{}, err
}

// ruled is what became of a channel.
func (c *Call) ruled(name string) Registration {
	if r := c.registration(name); r != nil {
		return *r
	}
	return Registration{Channel: name, Access: []Access{}, Settings: map[string]string{}}
}
