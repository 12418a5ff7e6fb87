package chanserv

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/extban"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/state"
)

var _ = add(dispatch.Command{
	Name:     "AKICK",
	Selector: 1,
	Usage:    "<channel> {ADD|DEL|LIST|CLEAR|ENFORCE}",
	Help:     "Those who are kept out of a channel for good, or for a while.",
	More:     []lang.Text{"Who matches cannot join. Those with access to the channel are not affected."},
	Subcommands: dispatch.Table{
		"ADD": {Name: "ADD", Usage: "<channel> <mask> [<duration>] [<reason>]", Run: addAkick,
			Help: "Keeps out a nick, an account, or all who match a mask or an extended ban; \"2h\" and \"7d\" are durations."},
		"DEL":   {Name: "DEL", Usage: "<channel> <mask>", Help: "Removes an entry, also by its number in the list.", Run: deleteAkick},
		"LIST":  {Name: "LIST", Usage: "<channel>", Help: "Lists the entries.", Run: listAkicks},
		"CLEAR": {Name: "CLEAR", Usage: "<channel>", Help: "Removes all entries.", Run: clearAkicks},
		"ENFORCE": {Name: "ENFORCE", Usage: "<channel>", Run: enforceAkicks,
			Help: "Removes members who match an entry by now, such as by another nick."},
	},
	Run: unknownPart,
})

// maskOf returns the mask by which a word names somebody: a mask, an extended ban, or
// the nick of a user or the name of an account, of whom it is what stays the same.
func maskOf(r *dispatch.Request, word string) (*extban.Entry, error) {
	w := r.Server.Network.World
	if !strings.ContainsAny(word, "!@*?:/") {
		if u := w.User(word); u != nil && u.Account() == "" {
			word = "*!*@" + u.Identity().Host
		} else if account := accountOf(r, word); account != "" {
			word = "a:" + account
		}
	}
	b, err := extban.Parse(w.Mapping, word)
	if err != nil {
		return nil, no(lang.Verbatim, wrong(err))
	}
	return b, nil
}

// timed reads an optional duration and a reason, from parameter i on.
func timed(r *dispatch.Request, i int) (d time.Duration, reason string) {
	d, ok := duration(r.Param(i))
	if ok {
		i++
	}
	return d, casemap.Truncate(r.Rest(i), r.Server.Config().Limits.KickLength)
}

func addAkick(r *dispatch.Request) error {
	g, err := hold(r, chanreg.Akicks)
	if err != nil {
		return err
	}
	ban, err := maskOf(r, r.Param(1))
	if err != nil {
		return err
	}
	if a := ban.Action(); a != extban.Ban && a != extban.Join || ban.Expires() > 0 {
		return no("Write only whom to keep out; MODE +b has other kinds of bans.")
	}
	d, reason := timed(r, 2)
	now, limit := r.Server.Now(), r.Server.Config().Channels.Registration.MaxEntries
	entry := chanreg.Akick{Mask: ban.String(), Reason: reason, By: r.Account(), Since: now, Until: until(now, d)}
	err = change(r, g.Name, func(rec *chanreg.Record) error {
		rec.Akicks = slices.DeleteFunc(rec.Akicks, func(a chanreg.Akick) bool {
			return a.Expired(now) || same(r, a.Mask, entry.Mask)
		})
		if len(rec.Akicks) >= limit {
			return no("The list of %s is full: it has {%d entry|%d entries}.", rec.Name, limit)
		}
		rec.Akicks = append(rec.Akicks, entry)
		return nil
	})
	if err != nil {
		return err
	}
	removed := evict(r, g, ban, r.Server.Network.Words(lang.Verbatim, akickText(reason)))
	if d == 0 {
		r.Notice("%s is kept out of %s; {%d member|%d members} removed.", entry.Mask, g.Name, removed)
	} else {
		r.Notice("%s is kept out of %s for %s; {%d member|%d members} removed.", entry.Mask, g.Name, lang.Duration(d), removed)
	}
	return nil
}

// wrong is what is wrong with an entry, as people read it.
func wrong(err error) any {
	var said *extban.Error
	if errors.As(err, &said) {
		return said.Said()
	}
	return err.Error()
}

// akickText is what those read who are kept out.
func akickText(reason string) lang.Phrase {
	if reason == "" {
		return lang.Text("You are kept out of this channel").With()
	}
	return lang.Verbatim.With(reason)
}

// evict removes the members who match and have no access.
func evict(r *dispatch.Request, g grip, ban *extban.Entry, reason string) (removed int) {
	ch := g.channel(r)
	for _, m := range members(ch) {
		if ban.Match(m.User) && flagsOf(r.Server, g.Record, m.Account()) == "" && m.User != r.User {
			remove(r, ch, m.User, reason)
			removed++
		}
	}
	return removed
}

// remove kicks a member in the name of ChanServ, and says for whom.
func remove(r *dispatch.Request, ch *state.Channel, u *state.User, reason string) {
	if err := r.Server.Network.Kick(actor(r), u, ch, reason, false); err != nil {
		r.Server.Log.Debug("not kicked", "error", err) // they have left meanwhile
	}
}

func deleteAkick(r *dispatch.Request) error {
	g, err := hold(r, chanreg.Akicks)
	if err != nil {
		return err
	}
	mask := ""
	if n, err := strconv.Atoi(r.Param(1)); err == nil && n >= 1 && n <= len(g.Akicks) {
		mask = g.Akicks[n-1].Mask
	} else if ban, err := maskOf(r, r.Param(1)); err == nil {
		mask = ban.String()
	}
	err = change(r, g.Name, func(rec *chanreg.Record) error {
		before := len(rec.Akicks)
		rec.Akicks = slices.DeleteFunc(rec.Akicks, func(a chanreg.Akick) bool { return same(r, a.Mask, mask) })
		if len(rec.Akicks) == before {
			return no("%s is not in the list of %s.", r.Param(1), rec.Name)
		}
		return nil
	})
	if err == nil {
		r.Notice("%s is not kept out of %s any more.", mask, g.Name)
	}
	return err
}

func clearAkicks(r *dispatch.Request) error {
	g, err := hold(r, chanreg.Akicks)
	if err != nil {
		return err
	}
	if err := change(r, g.Name, func(rec *chanreg.Record) error { rec.Akicks = nil; return nil }); err != nil {
		return err
	}
	r.Notice("Nobody is kept out of %s any more.", g.Name)
	return nil
}

func listAkicks(r *dispatch.Request) error {
	g, err := hold(r, 0)
	if err != nil {
		return err
	}
	now, live := r.Server.Now(), 0
	for i, a := range g.Akicks {
		if a.Expired(now) {
			continue
		}
		live++
		if a.Until.IsZero() {
			r.Notice("%d: %s  %s  by %s, %s", i+1, a.Mask, a.Reason, a.By, lang.Date(a.Since))
		} else {
			r.Notice("%d: %s  %s  by %s, %s, ends in %s", i+1, a.Mask, a.Reason, a.By, lang.Date(a.Since), lang.Duration(a.Until.Sub(now)))
		}
	}
	r.Notice("{%d entry|%d entries} in the list of %s.", live, g.Name)
	return nil
}

func enforceAkicks(r *dispatch.Request) error {
	g, err := hold(r, chanreg.Akicks)
	if err != nil {
		return err
	}
	ch, removed := g.channel(r), 0
	for _, m := range members(ch) {
		a := r.Server.Channels.Akicked(g.Name, m.User, r.Server.Now())
		if a == nil || m.User == r.User || flagsOf(r.Server, g.Record, m.Account()) != "" {
			continue
		}
		remove(r, ch, m.User, r.Server.Network.Words(lang.Verbatim, akickText(a.Reason)))
		removed++
	}
	r.Notice("{%d member|%d members} of %s removed.", removed, g.Name)
	return nil
}
