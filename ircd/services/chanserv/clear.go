package chanserv

import (
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/state"
)

var (
	_ = add(dispatch.Command{
		Name:     "CLEAR",
		Selector: 1,
		Usage:    "<channel> {USERS|OPS|VOICES|BANS|EXCEPTIONS|INVITES|MODES}",
		Help:     "Removes all members, statuses, entries of a list, or modes of a channel.",
		Cost:     5,
		Subcommands: dispatch.Table{
			"USERS":      {Name: "USERS", Usage: "<channel> [<reason>]", Help: "Removes all members but you.", Run: clearUsers},
			"OPS":        clearStatus("OPS", "Takes the status of all operators, half-operators and admins but yours.", modes.Admin, modes.Operator, modes.HalfOp),
			"VOICES":     clearStatus("VOICES", "Takes the voice of all members.", modes.Voice),
			"BANS":       clearList("BANS", "Removes all bans.", modes.Ban),
			"EXCEPTIONS": clearList("EXCEPTIONS", "Removes all exceptions from bans.", modes.Exception),
			"INVITES":    clearList("INVITES", "Removes all exceptions from invitation.", modes.InviteException),
			"MODES":      {Name: "MODES", Usage: "<channel>", Help: "Unsets all modes but those that are locked.", Run: clearModes},
		},
		Run: unknownPart,
	})
	_ = add(dispatch.Command{
		Name:  "RECOVER",
		Usage: "<channel>",
		Help:  "Gives you a channel back that others have taken over: nobody else has a status then, and nothing keeps you out.",
		Cost:  5,
		Run:   recoverChannel,
	})
)

func clearUsers(r *dispatch.Request) error {
	g, err := hold(r, chanreg.Clear)
	if err != nil {
		return err
	}
	ch := g.channel(r)
	for _, m := range members(ch) {
		if m.User != r.User && !g.outranks(r, m.User) {
			remove(r, ch, m.User, by(r, r.Rest(1)))
		}
	}
	return nil
}

func clearStatus(name string, help lang.Text, letters ...byte) *dispatch.Command {
	return &dispatch.Command{Name: name, Usage: "<channel>", Help: help, Run: func(r *dispatch.Request) error {
		g, err := hold(r, chanreg.Clear)
		if err == nil {
			g.takeStatus(r, letters...)
		}
		return err
	}}
}

func (g grip) takeStatus(r *dispatch.Request, letters ...byte) {
	ch := g.channel(r)
	var changes []modes.Change
	for _, m := range members(ch) {
		for _, letter := range letters {
			if m.User != r.User && m.Status().Has(letter) && !g.outranks(r, m.User) {
				changes = append(changes, mode(r.Server, letter, false, m.Nick()))
			}
		}
	}
	inPieces(r, ch, changes)
}

func clearList(name string, help lang.Text, letter byte) *dispatch.Command {
	return &dispatch.Command{Name: name, Usage: "<channel>", Help: help, Run: func(r *dispatch.Request) error {
		g, err := hold(r, chanreg.Clear)
		if err == nil {
			g.empty(r, letter, func(*state.Entry) bool { return true })
		}
		return err
	}}
}

// empty removes the entries of a list that are wanted gone.
func (g grip) empty(r *dispatch.Request, letter byte, gone func(*state.Entry) bool) {
	ch := g.channel(r)
	var changes []modes.Change
	ch.View(func(v state.View) {
		for _, e := range v.List(letter, r.Server.Now()) {
			if gone(e) {
				changes = append(changes, mode(r.Server, letter, false, e.Mask))
			}
		}
	})
	inPieces(r, ch, changes)
}

func clearModes(r *dispatch.Request) error {
	g, err := hold(r, chanreg.Clear)
	if err == nil {
		g.unset(r, func(*modes.Mode) bool { return true })
	}
	return err
}

// unset unsets the modes that are wanted gone, unless they are locked.
func (g grip) unset(r *dispatch.Request, gone func(m *modes.Mode) bool) {
	ch, locked := g.channel(r), modes.Set(0)
	for _, l := range lockOf(r.Server, g.Record) {
		locked = locked.With(l.Letter, true)
	}
	var changes []modes.Change
	for _, m := range r.Server.Network.World.Modes.Rows {
		if m.Kind != modes.Status && m.Kind != modes.List && !m.Fixed && !m.Oper && !locked.Has(m.Letter) && ch.Has(m.Letter) && gone(m) {
			changes = append(changes, modes.Change{Mode: m})
		}
	}
	inPieces(r, ch, changes)
}

func recoverChannel(r *dispatch.Request) error {
	g, err := hold(r, chanreg.Founder)
	if err != nil {
		return err
	}
	g.takeStatus(r, statuses[:]...)
	g.empty(r, modes.Ban, func(e *state.Entry) bool { return e.Ban.Match(r.User) })
	barring := modes.Of("iklRzOfj")
	g.unset(r, func(m *modes.Mode) bool { return barring.Has(m.Letter) })
	ch := g.channel(r)
	if isMember(ch, r.User) {
		setModes(r, ch, mode(r.Server, modes.Founder, true, r.User.Nick()))
		return nil
	}
	return r.Server.Network.Invite(actor(r), r.User, ch)
}
