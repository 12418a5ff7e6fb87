package commands

import (
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/numerics"
)

var _ = add(dispatch.Command{
	Name:  "SETNAME",
	Usage: "<realname>",
	Help:  "Changes your real name.",
	Spec:  "https://ircv3.net/specs/extensions/setname",
	Run:   setname,
})

func setname(r *dispatch.Request) error {
	name := r.Param(0)
	if name == "" || len(name) > r.Server.Config().Limits.RealnameLength {
		return numerics.Fail{Code: "INVALID_REALNAME", Text: "This real name is empty or too long; see NAMELEN."}
	}
	if !r.Server.Network.MayGiveReason(r.Actor()) {
		return numerics.Fail{Code: "CANNOT_CHANGE_REALNAME", Text: "You may not speak in one of your channels, so nobody would see it. Leave that channel first."}
	}
	if err := r.MayBecome(r.User.Nick(), name, numerics.Fail{Code: "CANNOT_CHANGE_REALNAME"}); err != nil {
		return err
	}
	r.Server.Network.SetRealname(r.Actor(), name)
	return nil
}
