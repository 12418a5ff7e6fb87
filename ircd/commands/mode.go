package commands

import (
	"strconv"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/state"
)

var _ = add(dispatch.Command{
	Name:  "MODE",
	Usage: "<target> [<modes> [<parameter>...]]",
	Help:  "Shows or changes the modes of a channel or of yourself.",
	Run:   mode,
})

func mode(r *dispatch.Request) error {
	if casemap.IsChannel(r.Param(0)) {
		return channelMode(r)
	}
	return userMode(r)
}

func channelMode(r *dispatch.Request) error {
	ch, err := r.VisibleChannel(0)
	if err != nil {
		return err
	}
	if len(r.Message.Params) == 1 {
		sendModes(r, ch)
		return nil
	}
	t := r.Server.Network.World.Modes
	changes, problems := t.Parse(r.Message.Params[1:], r.Server.Config().Limits.Modes)
	for _, p := range problems {
		r.Reply(problem(ch.Name(), p))
	}
	var set []modes.Change
	var asked modes.Set
	for _, c := range changes {
		switch {
		case !c.Query:
			set = append(set, c)
		case !asked.Has(c.Letter):
			asked = asked.With(c.Letter, true)
			if err := sendList(r, ch, c.Letter); err != nil {
				r.Error(err)
			}
		}
	}
	if len(set) == 0 {
		return nil
	}
	told := map[string]bool{}
	for _, err := range r.Server.Network.ChangeModes(r.Actor(), ch, set, false) {
		if text := err.Error(); !told[text] {
			told[text] = true
			r.Error(err)
		}
	}
	return nil
}

// problem is the reply to a letter that cannot be read.
func problem(channel string, p modes.Problem) numerics.Reply {
	switch {
	case p.Mode == nil:
		return numerics.UnknownMode.With(word(string(p.Letter)))
	case p.Missing:
		return numerics.InvalidMode.With(channel, string(p.Letter), "*").Because("A parameter is missing. Syntax: %s", p.Mode.Syntax)
	}
	param := word(p.Param)
	if p.Mode.Kind == modes.Key {
		param = "*" // keys are not repeated
	}
	return numerics.InvalidMode.With(channel, string(p.Letter), param).Because("This parameter is not right. Syntax: %s", p.Mode.Syntax)
}

func sendModes(r *dispatch.Request, ch *state.Channel) {
	var args []string
	created := ""
	ch.View(func(v state.View) {
		args = v.Modes(v.Member(r.User) != nil || r.May(privs.Spy))
		created = strconv.FormatInt(v.Created().Unix(), 10)
	})
	r.Reply(numerics.ChannelModeIs.With(append([]string{ch.Name()}, args...)...))
	r.Reply(numerics.CreationTime.With(ch.Name(), created))
}

// lists are the replies of each list: an entry, and the end.
var lists = map[byte][2]*numerics.Numeric{
	modes.Ban:             {numerics.BanList, numerics.EndOfBans},
	modes.Exception:       {numerics.ExceptList, numerics.EndOfExcept},
	modes.InviteException: {numerics.InvexList, numerics.EndOfInvex},
}

func sendList(r *dispatch.Request, ch *state.Channel, letter byte) (err error) {
	var entries []*state.Entry
	ch.View(func(v state.View) {
		if err = v.MayReadList(r.User, letter); err == nil || r.May(privs.Spy) {
			entries, err = v.List(letter, r.Server.Now()), nil
		}
	})
	if err != nil {
		return err
	}
	for _, e := range entries {
		r.Reply(lists[letter][0].With(ch.Name(), e.Mask, e.Setter, strconv.FormatInt(e.Set.Unix(), 10)))
	}
	r.Reply(lists[letter][1].With(ch.Name()))
	return nil
}
