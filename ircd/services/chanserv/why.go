package chanserv

import (
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/state"
)

var (
	_ = add(dispatch.Command{
		Name:  "STATUS",
		Usage: "<channel> [<nick>]",
		Help:  "Says what access somebody, or you, have to a channel.",
		Run:   func(r *dispatch.Request) error { _, _, err := access(r); return err },
	})
	_ = add(dispatch.Command{
		Name:  "WHY",
		Usage: "<channel> [<nick>]",
		Help:  "Says why somebody gets a status in a channel, or is kept out of it.",
		Run:   why,
	})
	_ = add(dispatch.Command{
		Name:  "COUNT",
		Usage: "<channel>",
		Help:  "Counts the entries in the access list of a channel, by template.",
		Run:   count,
	})
)

// access says what access somebody has.
func access(r *dispatch.Request) (g grip, u *state.User, err error) {
	g, err = hold(r)
	if err != nil {
		return g, nil, err
	}
	if u = r.User; r.Param(1) != "" {
		if u = r.Server.Network.World.User(r.Param(1)); u == nil {
			return g, nil, no("There is nobody called %s.", r.Param(1))
		}
	}
	if u != r.User && g.flags == "" {
		return g, nil, lacking(g.Record, []rune{0})
	}
	account, flags := u.Account(), flagsOf(r.Server, g.Record, u.Account())
	switch {
	case account == "":
		r.Notice("%s is not logged in, and has no access to %s.", u.Nick(), g.Name)
	case flags == "":
		r.Notice("%s is logged in as %s, which has no access to %s.", u.Nick(), account, g.Name)
	default:
		r.Notice("%s is logged in as %s, which has +%s in %s.", u.Nick(), account, flags, g.Name)
	}
	return g, u, nil
}

func why(r *dispatch.Request) error {
	g, u, err := access(r)
	if err != nil {
		return err
	}
	now := r.Server.Now()
	flags := flagsOf(r.Server, g.Record, u.Account())
	if letter := flags.Status(); letter != 0 {
		grant, ok := g.Access[r.Server.Channels.Key(u.Account())]
		switch {
		case flags.Has(chanreg.Founder):
			r.Notice("That is the founder, who gets mode +%c.", letter)
		case ok:
			r.Notice("These flags were given by %s, %s; they bring mode +%c.", grant.By, lang.Date(grant.Since), letter)
		}
		sayGroups(r, g.Record, u.Account())
	}
	if g.flags == "" {
		return nil
	}
	if a := r.Server.Channels.Akicked(g.Name, u, now); a != nil && flags == "" {
		r.Notice("%s is kept out by the akick on %s of %s: %s", u.Nick(), a.Mask, a.By, a.Reason)
	}
	for _, e := range bansOn(r, g.channel(r), u.Nick()) {
		r.Notice("%s matches the ban on %s of %s.", u.Nick(), e.Mask, e.Setter)
	}
	return nil
}

func count(r *dispatch.Request) error {
	g, err := hold(r, 0)
	if err != nil {
		return err
	}
	by := map[string]int{}
	for _, a := range g.Access {
		by[g.TemplateOf(a.Flags)]++
	}
	for _, name := range templateNames(g.Record) {
		r.Notice("%s: %d", name, by[name])
	}
	r.Notice("Others: %d. Akicks: %d.", by[""], live(g.Record, r))
	return nil
}

func live(rec *chanreg.Record, r *dispatch.Request) (n int) {
	for _, a := range rec.Akicks {
		if !a.Expired(r.Server.Now()) {
			n++
		}
	}
	return n
}
