package chanserv

import (
	"strings"

	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/state"
)

// The commands that give a status and take it.
var (
	_ = status("OWNER", "DEOWNER", modes.Founder, chanreg.Founder, "founder")
	_ = status("PROTECT", "DEPROTECT", modes.Admin, chanreg.Admin, "admin")
	_ = status("OP", "DEOP", modes.Operator, chanreg.Op, "operator")
	_ = status("HALFOP", "DEHALFOP", modes.HalfOp, chanreg.HalfOp, "half-operator")
	_ = status("VOICE", "DEVOICE", modes.Voice, chanreg.Voice, "voice")
)

func status(give, take string, letter byte, flag rune, name lang.Text) bool {
	return add(dispatch.Command{
		Name:  give,
		Usage: "<channel> [<nick>...]",
		Help:  "Gives members, or yourself, the status of %s.", Words: []any{name},
		Run: func(r *dispatch.Request) error { return changeStatus(r, letter, flag, true) },
	}) && add(dispatch.Command{
		Name:  take,
		Usage: "<channel> [<nick>...]",
		Help:  "Takes the status of %s from members, or from yourself.", Words: []any{name},
		Run: func(r *dispatch.Request) error { return changeStatus(r, letter, flag, false) },
	})
}

func changeStatus(r *dispatch.Request, letter byte, flag rune, add bool) error {
	nicks := strings.Fields(r.Rest(1))
	if len(nicks) == 0 {
		nicks = []string{r.User.Nick()}
	}
	g, err := hold(r, flag, chanreg.ForStatus(letter), 0)
	if err != nil {
		return err
	}
	ch := g.channel(r)
	var changes []modes.Change
	for _, nick := range nicks {
		u, err := g.member(r, ch, nick)
		if err != nil {
			return err
		}
		self := u == r.User
		switch may := g.flags.Has(flag) || self && (!add || g.flags.Has(chanreg.ForStatus(letter))); {
		case !may:
			return lacking(g.Record, []rune{flag})
		case !add && !self && g.outranks(r, u):
			return no("%s has more access to %s than you.", u.Nick(), g.Name)
		}
		changes = append(changes, mode(r.Server, letter, add, u.Nick()))
	}
	inPieces(r, ch, changes)
	return nil
}

// member returns the member of this nick.
func (g grip) member(r *dispatch.Request, ch *state.Channel, nick string) (*state.User, error) {
	u := r.Server.Network.World.User(nick)
	if u == nil || !isMember(ch, u) {
		return nil, no("%s is not in %s.", nick, g.Name)
	}
	return u, nil
}

// outranks reports whether somebody has flags in the channel that the client has not.
func (g grip) outranks(r *dispatch.Request, u *state.User) bool {
	if g.flags.Has(chanreg.Founder) {
		return false
	}
	return flagsOf(r.Server, g.Record, u.Account()).Without(g.flags) != ""
}
