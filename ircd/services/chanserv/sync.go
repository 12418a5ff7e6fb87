package chanserv

import (
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/state"
)

var _ = add(dispatch.Command{
	Name:  "SYNC",
	Usage: "<channel>",
	Help:  "Gives all members the status that their flags say, and takes away others.",
	Cost:  5,
	Run: func(r *dispatch.Request) error {
		g, err := hold(r, chanreg.Access)
		if err != nil {
			return err
		}
		ch := g.channel(r)
		sync(r, ch)
		r.Notice("The members of %s have the status that their flags say.", ch.Name())
		return nil
	},
})

// sync gives all members the status that their flags say.
func sync(r *dispatch.Request, ch *state.Channel) {
	rec := r.Server.Channels.Lookup(ch.Name())
	var changes []modes.Change
	for _, m := range members(ch) {
		due := flagsOf(r.Server, rec, m.Account()).Status()
		for _, letter := range statuses {
			if has := m.Status().Has(letter); has != (letter == due) {
				changes = append(changes, mode(r.Server, letter, !has, m.Nick()))
			}
		}
	}
	inPieces(r, ch, changes)
}

// giveAll gives all members the status that their flags say, and takes none.
func giveAll(r *dispatch.Request, ch *state.Channel) {
	rec := r.Server.Channels.Lookup(ch.Name())
	var changes []modes.Change
	for _, m := range members(ch) {
		changes = append(changes, restated(r, m, 0, flagsOf(r.Server, rec, m.Account()).Status())...)
	}
	inPieces(r, ch, changes)
}

var statuses = [...]byte{modes.Founder, modes.Admin, modes.Operator, modes.HalfOp, modes.Voice}

// restate gives the members who are logged in to an account the status of its flags,
// and takes the one of those it had.
func restate(r *dispatch.Request, ch *state.Channel, account string, old, next chanreg.Flags) {
	rec, had := r.Server.Channels.Lookup(ch.Name()), old.Status()
	var changes []modes.Change
	for _, m := range members(ch) {
		if !same(r, m.Account(), account) || m.Account() == "" {
			continue
		}
		due := next
		if rec.Registered() {
			due = due.With(flagsOf(r.Server, rec, account)) // by groups, too
		}
		changes = append(changes, restated(r, m, had, due.Status())...)
	}
	inPieces(r, ch, changes)
}

// restated gives a member the status that is due, and takes the one that was.
func restated(r *dispatch.Request, m *state.Member, had, due byte) (changes []modes.Change) {
	if had != 0 && had != due && m.Status().Has(had) {
		changes = append(changes, mode(r.Server, had, false, m.Nick()))
	}
	if due != 0 && !m.Status().Has(due) {
		changes = append(changes, mode(r.Server, due, true, m.Nick()))
	}
	return changes
}

// restateGroup is restate for all who have access to a channel whose group has had
// these flags.
func restateGroup(r *dispatch.Request, rec *chanreg.Record, team string, old chanreg.Flags) {
	ch, group := present(r.Server, rec), r.Server.Channels.Lookup(team)
	rec = r.Server.Channels.Lookup(rec.Name)
	var changes []modes.Change
	for _, m := range members(ch) {
		if r.Server.OwnFlags(group, m.Account()) != "" {
			now := flagsOf(r.Server, rec, m.Account())
			changes = append(changes, restated(r, m, now.With(old).Status(), now.Status())...)
		}
	}
	inPieces(r, ch, changes)
}

// ripple lets an account have, in the channels where those with access to this one are
// a group, what follows from its flags here.
func ripple(r *dispatch.Request, team *chanreg.Record, account string) {
	for _, rec := range r.Server.Channels.GroupedBy(team.Name) {
		g, ch := rec.Access[r.Server.Channels.Key(team.Name)], r.Server.Network.World.Channel(rec.Name)
		if ch == nil {
			continue
		}
		var changes []modes.Change
		for _, m := range members(ch) {
			if m.Account() != "" && same(r, m.Account(), account) {
				now := flagsOf(r.Server, rec, account)
				changes = append(changes, restated(r, m, now.With(g.Flags).Status(), now.Status())...)
			}
		}
		inPieces(r, ch, changes)
	}
}

// inPieces makes changes, no more on a line than fit.
func inPieces(r *dispatch.Request, ch *state.Channel, changes []modes.Change) {
	const most = 6
	for len(changes) > 0 {
		n := min(most, len(changes))
		setModes(r, ch, changes[:n]...)
		changes = changes[n:]
	}
}

func members(ch *state.Channel) (all []*state.Member) {
	ch.View(func(v state.View) { all = v.Members() })
	return all
}
