package network

import (
	"slices"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
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
func (n *Network) pictureBefore(tx *state.Tx, cx state.ChannelTx, e *event.Event, b event.Joined) *picture {
	if len(cx.Members()) == 0 {
		return nil
	}
	older := slices.ContainsFunc(e.Facts, func(f event.Fact) bool {
		return f.Kind == event.Member && tx.Outranks(f.Incarnation, cx)
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

// pictureWithout returns a picture of the channel without a member who is about to
// leave.
func (n *Network) pictureWithout(cx state.ChannelTx, m *state.Member) *picture {
	p := n.picture(cx)
	if m != nil {
		delete(p.status, m.UID())
	}
	return p
}

// leaving tells the members of a divided channel what has become different because
// one has left the network: it may be another incarnation that counts.
func (n *Network) leaving(cx state.ChannelTx, leave func()) {
	before := n.picture(cx)
	leave()
	n.tellDifference(cx, before)
}

// unite makes those who have joined a channel that turned out to be the younger one of
// its name members of the older one, so that what they were in theirs is never heard
// of again. Those whom the older one does not let in have to leave: they have ridden a
// split. The server of each does that.
func (n *Network) unite(tx *state.Tx) {
	divided := tx.Divided
	tx.Divided = nil
	for _, ch := range divided {
		_ = ch.Update(func(cx state.ChannelTx) error {
			for _, m := range cx.Members() {
				if !m.Counts() && n.speaksFor(tx, m.User) {
					n.uniteMember(tx, cx, m)
				}
			}
			tx.Bury(cx)
			return nil
		})
	}
}

func (n *Network) uniteMember(tx *state.Tx, cx state.ChannelTx, m *state.Member) {
	if !n.mayStay(cx, m) {
		b := event.Kicked{
			Channel: cx.Name(), Target: m.UID(), Nick: m.Nick(),
			Reason: n.Words("You joined while servers were split, and this channel does not let you in"),
		}
		e := n.event(Actor{}, b, m.Left()...)
		n.applyKick(tx, cx, Actor{}, e, b)
		n.publish(e)
		return
	}
	own := fact(cx.Key(event.Member, m.UID(), ""), "")
	e := n.event(Actor{}, event.Listed{}, append(m.Left(), own)...)
	if i := len(e.Facts) - 1; cx.Last(own.Key).After(m.JoinStamp()) {
		e.Facts[i].At = e.Stamp
	} else {
		e.Facts[i].At = m.JoinStamp() // the user has not joined again
	}
	n.publish(e)
	n.absorbIn(tx, cx, e.Facts)
}

// mayStay reports whether a member could have joined the channel.
func (n *Network) mayStay(cx state.ChannelTx, m *state.Member) bool {
	_, err := cx.View().MayJoin(m.User, "", n.Clock.Now())
	reply, refused := err.(numerics.Reply)
	return !refused || reply.Numeric == numerics.ChannelFull
}

// speaksFor reports whether it is this server's to publish what becomes of u: one that
// u is connected to, or of those in reach the first if there is none.
func (n *Network) speaksFor(tx *state.Tx, u *state.User) bool {
	if u.Local() {
		return true
	}
	servers := tx.Servers(u)
	return len(servers) == 1 && servers[0] == state.Everywhere && n.first()
}

// first reports whether no server in reach has a name before this one's.
func (n *Network) first() bool {
	for _, p := range n.peers.sorted() {
		if p.name() < n.Name() && p.isLinked() {
			return false
		}
	}
	return true
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
	n.unveilAll(cx)
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
		n.unveil(cx, m, nil)
		for _, row := range n.World.Modes.Rows {
			if row.Kind == modes.Status && was.Has(row.Letter) != is.Has(row.Letter) {
				changes = append(changes, event.Change{Add: is.Has(row.Letter), Letter: row.Letter, Param: m.Nick()})
			}
		}
	}
	return changes
}
