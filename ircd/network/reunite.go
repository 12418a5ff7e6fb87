package network

import (
	"slices"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// A picture is what the members of a channel have been told of it. When two
// channels of one name turn out to be one, because they were made on two servers at
// the same time, the older one counts; then its modes are not those that members of
// the younger one know, and nobody has changed them.
type picture struct {
	modes  map[byte]string // parameters by letter
	lists  map[byte][]string
	status map[string]modes.Set // by UID
	topic  string
}

// pictureBefore returns a picture of the channel if applying a join may change what
// members have not been told; else nil.
func (n *Network) pictureBefore(cx state.ChannelTx, e *event.Event, b event.Joined) *picture {
	if len(cx.Members()) == 0 {
		return nil
	}
	older := slices.ContainsFunc(e.Facts, func(f event.Fact) bool {
		return f.Kind == event.Member && cx.Incarnation().After(f.Incarnation)
	})
	if !older && b.Status == "" {
		return nil
	}
	return n.picture(cx)
}

func (n *Network) picture(cx state.ChannelTx) *picture {
	p := &picture{modes: map[byte]string{}, lists: map[byte][]string{}, status: map[string]modes.Set{}, topic: cx.View().Topic().Text}
	for _, m := range n.World.Modes.Rows {
		switch {
		case m.Kind == modes.List:
			for _, e := range cx.View().List(m.Letter, n.Clock.Now()) {
				p.lists[m.Letter] = append(p.lists[m.Letter], e.Mask)
			}
		case m.Kind != modes.Status && cx.Channel().Has(m.Letter):
			p.modes[m.Letter] = cx.View().Param(m.Letter)
		}
	}
	for _, m := range cx.Members() {
		p.status[m.UID()] = m.Status()
	}
	return p
}

// tellDifference tells the members what has become of the picture, in the name of
// the server.
func (n *Network) tellDifference(cx state.ChannelTx, before *picture) {
	if before == nil {
		return
	}
	now := n.picture(cx)
	changes := append(n.modeDifference(before, now), n.statusDifference(cx, before)...)
	for chunk := range slices.Chunk(changes, n.Config().Limits.Modes) {
		params := append([]string{cx.Name()}, modeWords(chunk)...)
		cx.Broadcast(wire.One(message(n.event(Actor{}, nil), "MODE", params...)), nil)
	}
	if now.topic != before.topic {
		cx.Broadcast(wire.One(message(n.event(Actor{}, nil), "TOPIC", cx.Name(), now.topic)), nil)
	}
}

func (n *Network) modeDifference(before, now *picture) (changes []event.Change) {
	for _, m := range n.World.Modes.Rows {
		for _, mask := range before.lists[m.Letter] {
			if !slices.Contains(now.lists[m.Letter], mask) {
				changes = append(changes, event.Change{Letter: m.Letter, Param: mask})
			}
		}
		for _, mask := range now.lists[m.Letter] {
			if !slices.Contains(before.lists[m.Letter], mask) {
				changes = append(changes, event.Change{Add: true, Letter: m.Letter, Param: mask})
			}
		}
		old, was := before.modes[m.Letter]
		param, is := now.modes[m.Letter]
		switch {
		case is && (!was || param != old):
			changes = append(changes, event.Change{Add: true, Letter: m.Letter, Param: param})
		case was && !is:
			c := event.Change{Letter: m.Letter}
			if m.Kind == modes.Key {
				c.Param = old
			}
			changes = append(changes, c)
		}
	}
	return changes
}

func (n *Network) statusDifference(cx state.ChannelTx, before *picture) (changes []event.Change) {
	for _, m := range cx.Members() {
		was, is := before.status[m.UID()], m.Status()
		if was == is {
			continue
		}
		n.reveal(cx, m)
		for _, row := range n.World.Modes.Rows {
			if row.Kind == modes.Status && was.Has(row.Letter) != is.Has(row.Letter) {
				changes = append(changes, event.Change{Add: is.Has(row.Letter), Letter: row.Letter, Param: m.Nick()})
			}
		}
	}
	return changes
}
