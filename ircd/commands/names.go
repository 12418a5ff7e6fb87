package commands

import (
	"strings"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/state"
)

var _ = add(dispatch.Command{
	Name:  "NAMES",
	Usage: "[<channel>{,<channel>}]",
	Help:  "Lists the members of channels.",
	Run:   names,
})

func names(r *dispatch.Request) error {
	if r.Param(0) == "" {
		r.Reply(numerics.EndOfNames.With("*"))
		return nil
	}
	for name := range strings.SplitSeq(r.Param(0), ",") {
		if ch := r.Server.Network.World.Channel(name); ch != nil && r.CanSee(ch) {
			sendMembers(r, ch)
		}
	}
	r.Reply(numerics.EndOfNames.With(word(r.Param(0))))
	return nil
}

// sendNames lists the members of a channel.
func sendNames(r *dispatch.Request, ch *state.Channel) {
	sendMembers(r, ch)
	r.Reply(numerics.EndOfNames.With(ch.Name()))
}

// sendMembers lists those members whom the client may see, in as many lines as it
// takes.
func sendMembers(r *dispatch.Request, ch *state.Channel) {
	members, all := visibleMembers(r, ch)
	symbol := "="
	if ch.Has(modes.Secret) {
		symbol = "@"
	}
	multi, long := r.Has(caps.MultiPrefix), r.Has(caps.UserhostInNames)
	room := 505 - len(r.Server.Name()) - len(r.Name()) - len(ch.Name()) - len(":  353  =  :")
	line, me := make([]byte, 0, 512), viewerOf(r)
	flush := func() {
		if len(line) > 0 && r.Session.Wait() {
			r.Reply(numerics.NamReply.With(symbol, ch.Name()).Because(lang.Verbatim, string(line)))
			line = line[:0]
		}
	}
	for _, m := range members {
		id := m.Identity()
		if !all && !me.finds(m.User) {
			continue
		}
		name := id.Nick
		if long {
			name = id.Source()
		}
		prefix := m.Prefixes()
		if !multi && len(prefix) > 1 {
			prefix = prefix[:1]
		}
		if len(line)+len(prefix)+len(name)+1 > room {
			flush()
		}
		if len(line) > 0 {
			line = append(line, ' ')
		}
		line = append(append(line, prefix...), name...)
	}
	flush()
}

// visibleMembers returns the members whom the client may see. all means that it is a
// member itself, or may see everybody.
func visibleMembers(r *dispatch.Request, ch *state.Channel) (members []*state.Member, all bool) {
	spy := r.May(privs.Spy)
	ch.View(func(v state.View) {
		all = v.Member(r.User) != nil || spy
		members = v.Members()
		if spy {
			return
		}
		if ch.Has(modes.Auditorium) || ch.Has(modes.Delayed) {
			members = seen(v, r.User, members)
		}
	})
	return members, all
}

// seen leaves out those whom u does not see. In an auditorium, that is also u.
func seen(v state.View, u *state.User, members []*state.Member) (some []*state.Member) {
	for _, m := range members {
		if v.Shows(m) || (m.User != u || m.Hidden()) && v.Sees(u, m) {
			some = append(some, m)
		}
	}
	return some
}
