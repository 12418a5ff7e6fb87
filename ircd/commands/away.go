package commands

import (
	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/spamfilter"
	"github.com/parley-irc/parley/ircd/state"
)

var _ = add(dispatch.Command{
	Name:  "AWAY",
	Usage: "[<message>]",
	Help:  "Marks you as away or, without a message, as back.",
	More:  []lang.Text{"With draft/pre-away, AWAY works while you connect, and AWAY * means that nobody is there."},
	Spec:  "https://ircv3.net/specs/extensions/pre-away",
	Phase: dispatch.AnyPhase,
	Run:   away,
})

func away(r *dispatch.Request) error {
	message := casemap.Truncate(r.Param(0), r.Server.Config().Limits.AwayLength)
	if message == state.Automatic && !r.Has(caps.PreAway) {
		message = state.Unattended
	}
	if r.User == nil {
		if !r.Has(caps.PreAway) {
			return numerics.NotRegistered.With()
		}
		r.Registration.Away = message
	} else {
		f := r.Server.Network.Screen(r.Actor(), spamfilter.Away, "", message)
		if err := f.Err(numerics.CannotSend.With("*")); err != nil {
			return err
		}
		r.Server.Network.SetAway(r.Actor(), message)
	}
	if message == "" {
		r.Reply(numerics.UnAway.With())
	} else {
		r.Reply(numerics.NowAway.With())
	}
	return nil
}
