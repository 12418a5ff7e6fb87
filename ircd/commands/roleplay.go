package commands

import (
	"strings"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
)

var (
	_ = add(dispatch.Command{
		Name:  "NPC",
		Usage: "<target> <name> <text>",
		Help:  "Speaks as a character, in a channel with mode E or to a user with mode E.",
		Run: func(r *dispatch.Request) error {
			return roleplay(r, "*"+word(r.Param(1))+"*", "", strings.Join(r.Message.Params[2:], " "))
		},
	})
	_ = add(dispatch.Command{
		Name:  "NPCA",
		Usage: "<target> <name> <text>",
		Help:  "Shows what a character does, in a channel with mode E or to a user with mode E.",
		Run: func(r *dispatch.Request) error {
			return roleplay(r, "*"+word(r.Param(1))+"*", "\x01ACTION ", strings.Join(r.Message.Params[2:], " "))
		},
	})
	_ = add(dispatch.Command{
		Name:  "SCENE",
		Usage: "<target> <text>",
		Help:  "Describes the scene, in a channel with mode E or to a user with mode E.",
		Run: func(r *dispatch.Request) error {
			return roleplay(r, "=Scene=", "", strings.Join(r.Message.Params[1:], " "))
		},
	})
)

// roleplay says something as somebody. The character's name cannot be that of a
// user, and the text ends with who really said it.
func roleplay(r *dispatch.Request, name, before, text string) error {
	n := r.Server.Network
	if !n.World.Mapping.ValidNick(strings.Trim(name, "*="), r.Server.Config().Limits.NickLength) {
		return numerics.CannotRolePlay.With(word(r.Param(0))).Because("This name cannot be that of a character")
	}
	text += " (" + r.User.Nick() + ")"
	if before != "" {
		text = before + text + "\x01"
	}
	b := event.MessageSent{Command: "PRIVMSG", Text: text, Shown: name + "!" + r.User.Nick() + "@npc.invalid"}
	if casemap.IsChannel(r.Param(0)) {
		ch, err := r.VisibleChannel(0)
		switch {
		case err != nil:
			return err
		case !ch.Has(modes.RolePlay):
			return numerics.CannotRolePlay.With(ch.Name()).Because("Role play is not enabled here (+E)")
		}
		return n.Say(r.Actor(), ch, b)
	}
	u, err := r.Target(0)
	switch {
	case err != nil:
		return err
	case !u.Has(modes.UserRolePlay):
		return numerics.CannotRolePlay.With(u.Nick()).Because("This user does not want role play (+E)")
	}
	_, err = n.Tell(r.Actor(), u, b)
	return err
}
