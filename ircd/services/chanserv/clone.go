package chanserv

import (
	"maps"
	"slices"

	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
)

var _ = add(dispatch.Command{
	Name:  "CLONE",
	Usage: "<channel> <other> [ACCESS|AKICKS|SETTINGS|ALL]",
	Help:  "Copies how a channel is set up to another one that is yours, too: who may do what, who is kept out, templates and settings.",
	More:  []lang.Text{"What the other has besides stays, and so do its founder and successor."},
	Cost:  10,
	Run:   clone,
})

func clone(r *dispatch.Request) error {
	part := r.Param(2)
	if part == "" {
		part = "ALL"
	}
	all := same(r, part, "ALL")
	access, akicks, set := all || same(r, part, "ACCESS"), all || same(r, part, "AKICKS"), all || same(r, part, "SETTINGS")
	if !access && !akicks && !set {
		return no("Write ACCESS, AKICKS, SETTINGS or ALL.")
	}
	from, err := hold(r, chanreg.Founder)
	if err != nil {
		return err
	}
	to, err := holdOf(r, r.Param(1), chanreg.Founder)
	if err != nil {
		return err
	}
	if from.Name == to.Name {
		return no("That is one and the same channel.")
	}
	c := copying{r: r, from: from.Record, limit: r.Server.Config().Channels.Registration.MaxEntries}
	if err := change(r, to.Name, func(rec *chanreg.Record) error {
		if access {
			maps.Copy(rec.Templates, from.Templates)
			if err := c.access(rec); err != nil {
				return err
			}
		}
		if set {
			c.settings(rec)
		}
		if akicks {
			return c.akicks(rec)
		}
		return nil
	}); err != nil {
		return err
	}
	if set {
		enforce(r, to.Name)
	}
	if access {
		giveAll(r, to.channel(r))
	}
	r.Notice("%s is set up as %s is.", to.Name, from.Name)
	return nil
}

// A copying copies what one channel has into the record of another.
type copying struct {
	r     *dispatch.Request
	from  *chanreg.Record
	limit int
}

func (c copying) access(rec *chanreg.Record) error {
	for key, g := range c.from.Access {
		isGroup := g.Account != "" && g.Account[0] == '#'
		counts := isGroup || c.r.Server.OwnFlags(c.from, g.Account) != ""
		if !counts || same(c.r, g.Account, rec.Founder) || same(c.r, g.Account, rec.Name) {
			continue
		}
		g.By, g.Since = c.r.Account(), c.r.Server.Now()
		rec.Access[key] = g
	}
	if len(rec.Access) > c.limit {
		return no("The access list of %s is full: it has {%d entry|%d entries}.", rec.Name, c.limit)
	}
	return nil
}

func (c copying) akicks(rec *chanreg.Record) error {
	now := c.r.Server.Now()
	for _, a := range c.from.Akicks {
		rec.Akicks = slices.DeleteFunc(rec.Akicks, func(old chanreg.Akick) bool { return same(c.r, old.Mask, a.Mask) })
		if !a.Expired(now) {
			rec.Akicks = append(rec.Akicks, a)
		}
	}
	if len(rec.Akicks) > c.limit {
		return no("The list of %s is full: it has {%d entry|%d entries}.", rec.Name, c.limit)
	}
	return nil
}

// settings copies what the founder has set, but for what only operators do.
func (c copying) settings(rec *chanreg.Record) {
	for _, s := range settings.Sorted() {
		name := key(s.Name)
		value, is := c.from.Settings[name]
		if is && !s.Privileged {
			rec.Settings[name] = value
		}
	}
}
