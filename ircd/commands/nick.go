package commands

import (
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/numerics"
)

var _ = add(dispatch.Command{
	Name:  "NICK",
	Usage: "<nick>",
	Help:  "Sets or changes your nick.",
	Phase: dispatch.AnyPhase,
	Quiet: true,
	Run:   nick,
})

func nick(r *dispatch.Request) error {
	nick, w := r.Param(0), r.Server.Network.World
	switch {
	case nick == "":
		return numerics.NoNickGiven.With()
	case !w.Mapping.ValidNick(nick, r.Server.Config().Limits.NickLength):
		return numerics.BadNick.With(word(nick))
	case r.User == nil:
		return firstNick(r, nick)
	case nick != r.User.Nick():
		if err := mayUseNick(r, nick); err != nil {
			return err
		}
		if err := r.MayBecome(nick, r.User.Realname(), numerics.BadNick.With(word(nick))); err != nil {
			return err
		}
	}
	if err := r.Server.Network.ChangeNick(r.Actor(), nick, false); err != nil {
		return err
	}
	r.Server.Protect(r.User)
	return nil
}

// firstNick notes the nick of a client that connects. While it may still log in,
// a nick that is taken may turn out to be its own: that is found out at the end.
func firstNick(r *dispatch.Request, nick string) error {
	g, w := r.Registration, r.Server.Network.World
	if !w.NickFree(nil, nick) && attachable(r, nick) == nil {
		if holder := w.User(nick); !g.Negotiating || holder == nil || holder.Account() == "" {
			g.Refused = nick
			return numerics.NickInUse.With(nick)
		}
	}
	g.Nick = nick
	return register(r)
}
