package commands

import (
	"strings"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/state"
)

func userMode(r *dispatch.Request) error {
	u := r.Server.Network.World.User(r.Param(0))
	switch {
	case u == nil:
		return numerics.NoSuchNick.With(word(r.Param(0)))
	case u != r.User:
		return numerics.UsersDontMatch.With()
	case len(r.Message.Params) == 1:
		r.Reply(numerics.UModeIs.With("+" + u.Identity().Modes.String()))
		if m := u.Identity().Snomask; m != "" {
			r.Reply(numerics.SnoMaskIs.With("+" + m))
		}
		return nil
	}
	changes, problems := r.Server.Network.UserModes.Parse(r.Message.Params[1:], r.Server.Config().Limits.Modes)
	var unknown strings.Builder
	for _, p := range problems {
		if p.Mode != nil {
			r.Reply(numerics.InvalidMode.With(u.Nick(), string(p.Letter), word(p.Param)).Because("HELP UMODES and HELP SNOMASKS list what there is"))
			continue
		}
		unknown.WriteRune(p.Letter)
	}
	if unknown.Len() > 0 {
		r.Reply(numerics.UnknownUMode.With().Fmt(unknown.String()))
	}
	var allowed []modes.Change
	for _, c := range changes {
		switch {
		case !mayChangeUserMode(r, c):
		case c.Letter == modes.Oper:
			r.Server.Deoper(r.Actor(), u)
		default:
			allowed = append(allowed, dispatch.FollowSnomask(u, c))
		}
	}
	r.Server.Network.ChangeUserModes(r.Actor(), u, allowed)
	followCloak(r, u)
	return nil
}

func mayChangeUserMode(r *dispatch.Request, c modes.Change) bool {
	switch {
	case c.Letter == modes.Oper:
		return !c.Add
	case c.Letter == modes.ServerNotices && c.Add:
		return r.May(privs.Snomask)
	case c.Fixed, c.Oper && c.Add && !r.User.Identity().IsOper():
		return false
	case c.Letter == modes.Cloaked:
		return r.Server.Config().Cloak.Enabled
	}
	return true
}

// followCloak makes the host that others see of u follow mode x. A host that was given
// stays.
func followCloak(r *dispatch.Request, u *state.User) {
	id := u.Identity()
	host := r.Server.OwnHost(u)
	switch {
	case id.Person.Cloak != "":
		return
	case id.Modes.Has(modes.Cloaked) && id.Host == id.Person.RealHost:
	case !id.Modes.Has(modes.Cloaked) && strings.HasSuffix(id.Host, "."+r.Server.Config().Cloak.Suffix):
	default:
		return
	}
	if u != r.User {
		r.Server.Network.SetHost(network.Actor{User: u}, id.Ident, host, "")
		r.Server.Network.TellAnywhere(u, numerics.VisibleHost.With(host))
		return
	}
	r.Server.Network.SetHost(r.Actor(), id.Ident, host, "")
	r.Reply(numerics.VisibleHost.With(host))
}
