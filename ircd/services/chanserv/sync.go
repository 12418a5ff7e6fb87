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
		say(r, "The members of %s have the status that their flags say.", ch.Name())
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

var statuses = [...]byte{modes.Founder, modes.Admin, modes.Operator, modes.HalfOp, modes.Voice}

// restate gives the members who are logged in to an account the status of its flags,
// and takes the one of those it had.
func restate(r *dispatch.Request, ch *state.Channel, account string, old, next chanreg.Flags) {
	var changes []modes.Change
	for _, m := range members(ch) {
		if !same(r, m.Account(), account) || m.Account() == "" {
			continue
		}
		if had := old.Status(); had != 0 && had != next.Status() && m.Status().Has(had) {
			changes = append(changes, mode(r.Server, had, false, m.Nick()))
		}
		if due := next.Status(); due != 0 && !m.Status().Has(due) {
			changes = append(changes, mode(r.Server, due, true, m.Nick()))
		}
	}
	inPieces(r, ch, changes)
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
