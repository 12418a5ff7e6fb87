package commands

import (
	"errors"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/extjwt"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

var _ = add(dispatch.Command{
	Name:  "EXTJWT",
	Usage: "<channel|*> [<service>]",
	Help:  "Gets a token which tells a service elsewhere who you are and, with a channel, what you may do there.",
	More:  []lang.Text{"Clients do it for you, for example to join a call. The token is of use for some seconds."},
	Spec:  "https://github.com/ircv3/ircv3-specifications/pull/547",
	Cost:  5,
	Run:   token,
})

func token(r *dispatch.Request) error {
	cfg := r.Server.Config()
	if !cfg.ExtJWT.Enabled() {
		return numerics.UnknownCommand.With(r.Message.Command)
	}
	target, service := "*", extjwt.Any
	if p := r.Param(1); p != "" {
		service = p
	}
	c := extjwt.Claims{Issuer: r.Server.Name(), Nick: r.User.Nick(), Account: r.User.Account(), Modes: toldModes(r.User)}
	if r.Param(0) != "*" {
		ch, err := r.VisibleChannel(0)
		if err != nil {
			return err
		}
		c.Channel = standing(r, ch)
		target = c.Channel.Name
	}
	t, err := r.Server.Tokener().Sign(service, c, r.Server.Now())
	switch {
	case errors.Is(err, extjwt.ErrNoService):
		return numerics.Fail{Code: "NO_SUCH_SERVICE", Context: []string{word(service)}, Text: "There are no tokens for this service here"}
	case err != nil:
		return err
	}
	sendToken(r, target, service, t)
	return nil
}

// toldModes are the user's modes that concern others.
func toldModes(u *state.User) (told []string) {
	id := u.Identity()
	if id.IsOper() && !id.Modes.Has(modes.HideOper) {
		told = append(told, string(rune(modes.Oper)))
	}
	if id.Modes.Has(modes.Bot) {
		told = append(told, string(rune(modes.Bot)))
	}
	return told
}

// standing is what the client is in a channel.
func standing(r *dispatch.Request, ch *state.Channel) *extjwt.Channel {
	c := &extjwt.Channel{}
	ch.View(func(v state.View) {
		c.Name = v.Name()
		m := v.Member(r.User)
		if m == nil {
			return
		}
		c.Joined = m.Joined()
		for _, prefix := range []byte(m.Prefixes()) {
			c.Modes = append(c.Modes, string(rune(r.Server.Network.World.Modes.ByPrefix(prefix).Letter)))
		}
	})
	return c
}

// sendToken sends a token in as many lines as it takes: all but the last have one more
// parameter.
func sendToken(r *dispatch.Request, target, service, t string) {
	room := wire.Room(r.Server.Name(), r.Message.Command, target) - len(service) - len(" * ")
	for len(t) > room {
		part := casemap.Truncate(t, room)
		r.Send("EXTJWT", target, service, "*", part)
		t = t[len(part):]
	}
	r.Send("EXTJWT", target, service, t)
}
