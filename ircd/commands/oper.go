package commands

import (
	"log/slog"
	"strings"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
)

var _ = add(dispatch.Command{
	Name:  "OPER",
	Usage: "<name> [<password>]",
	Help:  "Makes you a server operator.",
	Cost:  10,
	Run:   oper,
})

func oper(r *dispatch.Request) error {
	cfg := r.Server.Config()
	for _, o := range cfg.Opers {
		if o.Name != r.Param(0) {
			continue
		}
		if !proves(r, o) {
			break
		}
		becomeOper(r, cfg, o)
		return nil
	}
	r.Server.Log.Warn("OPER refused", "name", word(r.Param(0)), "nick", r.User.Nick(), "addr", r.RealAddr())
	return numerics.PasswdMismatch.With()
}

// proves reports whether the client has all that the operator's block asks for.
func proves(r *dispatch.Request, o config.Oper) bool {
	if o.CertFP == "" && o.Password == "" {
		return false
	}
	if o.CertFP != "" && casemap.ASCII.Fold(strings.ReplaceAll(o.CertFP, ":", "")) != casemap.ASCII.Fold(r.Peer.CertFP) {
		return false
	}
	return o.Password == "" || verify(r, o.Password, r.Param(1))
}

func becomeOper(r *dispatch.Request, cfg *config.Config, o config.Oper) {
	n := r.Server.Network
	n.MakeOper(r.Actor(), event.OperTitle{
		Name: o.Name, Class: o.Class, Title: o.Title, Privileges: privilegesOf(cfg, o.Class),
	})
	changes, _ := n.UserModes.Parse(strings.Fields(o.Modes), 8)
	if o.Hidden {
		changes = append(changes, modes.Change{Mode: n.UserModes.ByLetter(modes.HideOper), Add: true})
	}
	n.ChangeUserModes(r.Actor(), changes)
	if o.Vhost != "" {
		n.SetHost(r.Actor(), r.User.Identity().Ident, o.Vhost)
		r.Reply(numerics.VisibleHost.With(o.Vhost))
	}
	r.Reply(numerics.YoureOper.With())
	r.Server.Log.Info("operator", slog.String("name", o.Name), slog.String("nick", r.User.Nick()), slog.String("addr", r.RealAddr()))
}

// privilegesOf returns the privileges of a class, and of those it inherits from.
func privilegesOf(cfg *config.Config, class string) (all []string) {
	for range len(cfg.OperClasses) {
		for _, c := range cfg.OperClasses {
			if c.Name == class {
				all = append(all, c.Privileges...)
				class = c.Inherits
				break
			}
		}
	}
	return all
}
