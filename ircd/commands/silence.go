package commands

import (
	"strings"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/numerics"
)

var (
	_ = add(dispatch.Command{
		Name:  "SILENCE",
		Usage: "[{+|-}<mask>{,...}]",
		Help:  "Lists, adds or removes masks of those whose private messages and invitations you do not receive.",
		Run:   silence,
	})
	_ = add(dispatch.Command{
		Name:  "ACCEPT",
		Usage: "{*|[-]<nick>{,...}}",
		Help:  "Lists (*), adds or removes those who may send you private messages in spite of your modes g, G, R and Z.",
		Run:   accept,
	})
)

func silence(r *dispatch.Request) error {
	list := r.User.Identity().Silence
	if r.Param(0) == "" {
		for _, m := range list {
			r.Reply(numerics.SilenceList.With(m.String(), "pni"))
		}
		r.Reply(numerics.EndOfSilence.With())
		return nil
	}
	for item := range strings.SplitSeq(r.Param(0), ",") {
		text, remove := strings.CutPrefix(item, "-")
		mask := casemap.NormaliseMask(strings.TrimPrefix(text, "+"))
		if mask == "" {
			continue
		}
		has := false
		for _, m := range r.User.Identity().Silence {
			if r.Server.Network.World.Mapping.Equal(m.String(), mask) {
				has, mask = true, m.String()
			}
		}
		switch {
		case has != remove:
			continue
		case !remove && len(r.User.Identity().Silence) >= r.Server.Config().Limits.Silence:
			return numerics.SilenceFull.With(mask)
		}
		r.Server.Network.Remember(r.Actor(), event.Silence, mask, !remove)
		sign := "+"
		if remove {
			sign = "-"
		}
		r.FromMe("SILENCE", sign+mask)
	}
	return nil
}

func accept(r *dispatch.Request) error {
	w := r.Server.Network.World
	if r.Param(0) == "*" {
		for _, uid := range r.User.Identity().Accept {
			if u := w.ByUID(uid); u != nil {
				r.Reply(numerics.AcceptList.With(u.Nick()))
			}
		}
		r.Reply(numerics.EndOfAccept.With())
		return nil
	}
	for nick := range strings.SplitSeq(r.Param(0), ",") {
		nick, remove := strings.CutPrefix(nick, "-")
		if err := acceptOne(r, nick, remove); err != nil {
			r.Error(err)
		}
	}
	return nil
}

func acceptOne(r *dispatch.Request, nick string, remove bool) error {
	u := r.Server.Network.World.User(nick)
	if u == nil {
		return numerics.NoSuchNick.With(word(nick))
	}
	id := r.User.Identity()
	switch has := id.Accepts(u.UID()); {
	case remove && !has:
		return numerics.AcceptNot.With(u.Nick())
	case !remove && has:
		return numerics.AcceptExist.With(u.Nick())
	case !remove && len(id.Accept) >= r.Server.Config().Limits.Accept:
		return numerics.AcceptFull.With()
	}
	r.Server.Network.Remember(r.Actor(), event.Accept, u.UID(), !remove)
	return nil
}
