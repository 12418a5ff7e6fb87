package commands

import (
	"slices"
	"strconv"
	"strings"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/state"
)

var _ = add(dispatch.Command{
	Name:  "LIST",
	Usage: "[<channel or condition>{,<channel or condition>}]",
	Help:  "Lists channels with their topics.",
	More: []lang.Text{
		"A condition is a mask (#tea*), a mask that must not match (!#tea*), more or fewer members (>5, <5), or",
		"created (C>60, C<60) or given a topic (T>60, T<60) more or less than so many minutes ago.",
	},
	Spec: "https://modern.ircdocs.horse/#elist-parameter",
	Cost: 5,
	Run:  list,
})

func list(r *dispatch.Request) error {
	w := r.Server.Network.World
	f, err := parseList(w.Mapping, r.Message.Params)
	if err != nil {
		return err
	}
	r.Reply(numerics.ListStart.With("Channel"))
	for _, ch := range candidates(w, f) {
		if item, ok := listed(r, f, ch); ok {
			if r.Reply(item); !r.Session.Wait() {
				return nil
			}
		}
	}
	r.Reply(numerics.ListEnd.With())
	return nil
}

// candidates returns the channels that a filter may let through: all of them, unless
// it names some.
func candidates(w *state.World, f listFilter) (all []*state.Channel) {
	if len(f.names) == 0 || len(f.masks) > 0 {
		all = w.Channels()
	} else {
		for name := range f.names {
			if ch := w.Channel(string(name)); ch != nil {
				all = append(all, ch)
			}
		}
	}
	slices.SortFunc(all, func(a, b *state.Channel) int { return strings.Compare(string(a.Key()), string(b.Key())) })
	return all
}

// listed returns a channel as an item of the list, if the client may know of it and
// the filter lets it through.
func listed(r *dispatch.Request, f listFilter, ch *state.Channel) (item numerics.Reply, ok bool) {
	if !f.matchName(ch.Key()) {
		return item, false
	}
	now := r.Server.Now()
	ch.View(func(v state.View) {
		topic, members := v.Topic(), len(v.Members())
		ok = (v.Visible(r.User) || r.May(privs.Spy)) &&
			f.members.has(float64(members)) &&
			f.created.has(now.Sub(v.Created()).Minutes()) &&
			(f.topic == anything || topic.Text != "" && f.topic.has(now.Sub(topic.Set).Minutes()))
		item = numerics.ListItem.With(v.Name(), strconv.Itoa(members), topic.Text)
	})
	return item, ok
}
