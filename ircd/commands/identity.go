package commands

import (
	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
)

var (
	_ = add(dispatch.Command{
		Name:       "CHGHOST",
		Usage:      "<nick> <host>",
		Help:       "Changes the host that is shown of somebody.",
		Privileged: true, Oper: privs.Identity,
		Run: chghost,
	})
	_ = add(dispatch.Command{
		Name:       "CHGIDENT",
		Usage:      "<nick> <username>",
		Help:       "Changes the username that is shown of somebody.",
		Privileged: true, Oper: privs.Identity,
		Run: chgident,
	})
	_ = add(dispatch.Command{
		Name:       "CHGNAME",
		Usage:      "<nick> <realname>",
		Help:       "Changes somebody's real name.",
		Privileged: true, Oper: privs.Identity,
		Run: chgname,
	})
)

func chghost(r *dispatch.Request) error {
	u, err := r.Target(0)
	if err != nil {
		return err
	}
	host, ok := casemap.Hostname(r.Param(1))
	if !ok {
		return numerics.InvalidParams.Because("%s cannot be a host: letters, digits and - . : / _, at most %d", word(r.Param(1)), casemap.MaxHost)
	}
	r.Audit(audit.ChgHost, u.Nick(), host)
	r.Server.GiveHost(u, host)
	return nil
}

func chgident(r *dispatch.Request) error {
	u, err := r.Target(0)
	if err != nil {
		return err
	}
	ident := r.Param(1)
	if limit := r.Server.Config().Limits.UserLength; ident == "" || casemap.Username(ident, limit) != ident {
		return numerics.InvalidParams.Because("%s cannot be a username: letters, digits and a few other characters, at most %d", word(ident), limit)
	}
	r.Audit(audit.ChgIdent, u.Nick(), ident)
	r.Server.Network.SetHost(network.Actor{User: u}, ident, u.Identity().Host, u.Identity().Person.Cloak)
	return nil
}

func chgname(r *dispatch.Request) error {
	u, err := r.Target(0)
	if err != nil {
		return err
	}
	name := casemap.Truncate(r.Param(1), r.Server.Config().Limits.RealnameLength)
	if name == "" {
		return numerics.NeedMoreParams.With(r.Message.Command)
	}
	r.Audit(audit.ChgName, u.Nick(), name)
	r.Server.Network.SetRealname(network.Actor{User: u}, name)
	return nil
}
