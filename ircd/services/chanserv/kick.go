package chanserv

import (
	"strconv"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/extban"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/state"
)

var (
	_ = add(dispatch.Command{
		Name:  "KICK",
		Usage: "<channel> <nick> [<reason>]",
		Help:  "Removes somebody from a channel.",
		Run:   kick,
	})
	_ = add(dispatch.Command{
		Name:  "BAN",
		Usage: "<channel> <nick|mask> [<duration>] [<reason>]",
		Help:  "Bans somebody from a channel and removes them; \"2h\" and \"7d\" are durations.",
		Run:   func(r *dispatch.Request) error { d, reason := timed(r, 2); return ban(r, r.Param(1), d, reason) },
	})
	_ = add(dispatch.Command{
		Name:  "TBAN",
		Usage: "<channel> <duration> <nick|mask> [<reason>]",
		Help:  "Bans somebody for a while, \"30m\" or \"7d\".",
		Run: func(r *dispatch.Request) error {
			d, ok := duration(r.Param(1))
			if !ok {
				return no("%s is not a duration such as 30m, 2h or 7d.", r.Param(1))
			}
			return ban(r, r.Param(2), d, r.Rest(3))
		},
	})
	_ = add(dispatch.Command{
		Name:  "UNBAN",
		Usage: "<channel> [<nick|mask>]",
		Help:  "Removes the bans that match somebody, or yourself.",
		Run:   unban,
	})
)

// by adds to a reason who gave it.
func by(r *dispatch.Request, reason string) string {
	if reason == "" {
		reason = r.Server.Network.Words("Requested")
	}
	return casemap.Truncate("("+r.User.Nick()+") "+reason, r.Server.Config().Limits.KickLength)
}

func kick(r *dispatch.Request) error {
	g, err := hold(r, chanreg.Remove)
	if err != nil {
		return err
	}
	ch := g.channel(r)
	u, err := g.member(r, ch, r.Param(1))
	if err != nil {
		return err
	}
	if u != r.User && g.outranks(r, u) {
		return no("%s has more access to %s than you.", u.Nick(), g.Name)
	}
	remove(r, ch, u, by(r, r.Rest(2)))
	return nil
}

func ban(r *dispatch.Request, whom string, d time.Duration, reason string) error {
	g, err := hold(r, chanreg.Remove)
	if err != nil {
		return err
	}
	if u := r.Server.Network.World.User(whom); u != nil && u != r.User && g.outranks(r, u) {
		return no("%s has more access to %s than you.", u.Nick(), g.Name)
	}
	entry, err := maskOf(r, whom)
	if err != nil {
		return err
	}
	mask, err := timedMask(entry.String(), d)
	if err != nil {
		return err
	}
	ch := g.channel(r)
	setModes(r, ch, mode(r.Server, modes.Ban, true, mask))
	for _, m := range members(ch) {
		if entry.Action() == extban.Ban && entry.Match(m.User) && m.User != r.User && !g.outranks(r, m.User) {
			remove(r, ch, m.User, by(r, reason))
		}
	}
	if d == 0 {
		r.Notice("%s is banned from %s.", entry, g.Name)
	} else {
		r.Notice("%s is banned from %s for %s.", entry, g.Name, lang.Duration(d))
	}
	return nil
}

// timedMask returns a mask that ends after d, unless that is 0.
func timedMask(mask string, d time.Duration) (string, error) {
	minutes := (d + time.Minute - 1) / time.Minute
	switch {
	case d == 0:
		return mask, nil
	case minutes > extban.MaxMinutes:
		return "", no("A timed ban is for a year at most.")
	}
	return "t:" + strconv.Itoa(int(minutes)) + ":" + mask, nil
}

func unban(r *dispatch.Request) error {
	return lift(r, func(*extban.Entry) bool { return true })
}

// lift removes the bans of a kind that match somebody.
func lift(r *dispatch.Request, kind func(b *extban.Entry) bool) error {
	g, err := hold(r, chanreg.Remove)
	if err != nil {
		return err
	}
	whom := r.Param(1)
	if whom == "" {
		whom = r.User.Nick()
	}
	ch := g.channel(r)
	var changes []modes.Change
	for _, e := range bansOn(r, ch, whom) {
		if kind(e.Ban) {
			changes = append(changes, mode(r.Server, modes.Ban, false, e.Mask))
		}
	}
	if len(changes) == 0 {
		return no("No ban of %s is about %s.", g.Name, whom)
	}
	inPieces(r, ch, changes)
	r.Notice("{%d ban|%d bans} of %s removed.", len(changes), g.Name)
	return nil
}

// bansOn returns the bans that match a user, or that are this mask.
func bansOn(r *dispatch.Request, ch *state.Channel, whom string) (found []*state.Entry) {
	u := r.Server.Network.World.User(whom)
	var mask *extban.Entry
	if u == nil || strings.ContainsAny(whom, "!@*?:") {
		mask, _ = maskOf(r, whom)
	}
	ch.View(func(v state.View) {
		for _, e := range v.List(modes.Ban, r.Server.Now()) {
			if u != nil && e.Ban.Match(u) || mask != nil && e.Ban.Key() == mask.Key() || same(r, e.Mask, whom) {
				found = append(found, e)
			}
		}
	})
	return found
}
