package network

import (
	"errors"
	"slices"
	"time"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/session"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// A move is a channel on its way to another name.
type move struct {
	n      *Network
	inc    event.Stamp
	reason string
	// from are the channels that the members are in; to is the one that they will
	// be in. If only the name changes, that is the same.
	from []place
	to   place
}

// A place is a channel, and what it was before the move.
type place struct {
	state.ChannelTx
	old     string
	inc     event.Stamp
	members []*state.Member
	picture *picture
}

func (n *Network) newMove(all []state.ChannelTx, inc event.Stamp, reason string) *move {
	m := &move{n: n, inc: inc, reason: reason}
	for _, cx := range all {
		m.from = append(m.from, place{cx, cx.Name(), cx.Incarnation(), cx.Members(), n.picture(cx)})
	}
	last := len(m.from) - 1
	m.from, m.to = m.from[:last], m.from[last]
	return m
}

// do changes the state.
func (m *move) do(tx *state.Tx, e *event.Event, old string) {
	var all []state.ChannelTx
	if len(m.from) == 1 && tx.Rename(m.from[0].ChannelTx, m.to.ChannelTx, m.inc) {
		m.to.ChannelTx = m.from[0].ChannelTx
	} else {
		for _, p := range m.from {
			tx.Extract(p.ChannelTx, m.to.ChannelTx, m.inc)
			all = append(all, p.ChannelTx)
		}
	}
	all = append(all, m.to.ChannelTx)
	tx.Exhume(old, m.to.ChannelTx, m.inc, all)
	for _, f := range e.Facts {
		if f.Kind.OfChannel() {
			tx.MergeAnywhere(f, all)
		}
	}
	for _, cx := range all {
		tx.Bury(cx)
	}
}

// tell tells the members: those who know of renaming as it is, others by leaving and
// joining again. If not all of a channel have moved, or others are there already,
// everybody sees them leave and join.
// https://ircv3.net/specs/extensions/channel-rename#fallback
func (m *move) tell(tx *state.Tx, by Actor, e *event.Event) {
	if len(m.from) == 0 && m.to.old != m.to.Name() {
		m.renamed(m.to, m.to.members, by, e) // the case has changed
		return
	}
	there := len(m.to.members) == 0 || m.to.inc == m.inc
	for _, p := range m.from {
		same := p.Channel() == m.to.Channel()
		moved, stayed := m.members(p, same)
		if !same {
			m.left(p, stayed, e)
		}
		if same || there && len(stayed) == 0 {
			m.renamed(p, moved, by, e)
			m.joined(m.to.Members(), moved)
			m.joined(moved, m.to.members)
			m.n.moveHistory(p.old, m.to.Name())
			until := e.Time().Add(time.Duration(m.n.Config().Channels.RenameForward))
			tx.Forward(p.old, m.to.Channel(), m.n.Clock.Now(), until)
			continue
		}
		if m.n.World.Linked && len(stayed) == 0 { // two channels have become one
			m.n.moveHistory(p.old, m.to.Name())
		}
		m.parted(p, moved, e)
		m.joined(moved, m.to.members)
		m.n.tellDifference(p.ChannelTx, p.picture)
	}
	if len(m.to.members) > 0 {
		m.n.tellDifference(m.to.ChannelTx, m.to.picture)
	}
}

// members divides those who were in a channel into those who have moved, as members
// of the new one, and those who have not.
func (m *move) members(p place, same bool) (moved, stayed []*state.Member) {
	if !same {
		stayed = p.Members()
	}
	for _, o := range p.members {
		if now := m.to.Member(o.User); now != nil && !contains(m.to.members, o) {
			moved = append(moved, now)
		}
	}
	return moved, stayed
}

// left shows those who have been in both channels, and are in one now, that they have
// left the other.
func (m *move) left(p place, stayed []*state.Member, e *event.Event) {
	for _, o := range p.members {
		if !contains(m.to.members, o) || contains(stayed, o) {
			continue
		}
		part := message(e, "PART", p.old)
		part.Source = o.Source()
		f := wire.One(part)
		o.Deliver(f, nil)
		for _, x := range stayed {
			x.Deliver(f, nil)
		}
	}
}

func contains(all []*state.Member, m *state.Member) bool {
	return slices.ContainsFunc(all, func(o *state.Member) bool { return o.User == m.User })
}

// renamed tells members of the new name.
func (m *move) renamed(p place, members []*state.Member, by Actor, e *event.Event) {
	f := need(message(e, "RENAME", p.old, m.to.Name(), m.reason), caps.ChannelRename)
	for _, o := range members {
		for _, s := range o.Sessions() {
			frame := f
			if !s.Caps().Has(caps.ChannelRename) {
				if m.n.World.Mapping.Equal(p.old, m.to.Name()) {
					continue
				}
				frame = m.rejoin(p, o, s, e)
			}
			if s == by.Session {
				s.Reply(frame)
			} else {
				s.Send(frame)
			}
		}
	}
}

// rejoin shows a session of o that it left a channel and is in another.
func (m *move) rejoin(p place, o *state.Member, s *session.Session, e *event.Event) *wire.Frame {
	part := message(e, "PART", p.old)
	if m.reason != "" {
		part.Params = append(part.Params, m.reason)
	}
	own := *e
	own.Account, own.Source = o.Account(), o.Source()
	join := m.n.joinFrame(&own, o.User, m.to.Name()).Messages(s.Caps().Without(caps.AwayNotify))[0]
	part.Source, part.Tags = join.Source, join.Tags
	return wire.Lines(append([]wire.Message{part, join}, m.n.about(m.to.ChannelTx, o, s.Caps())...)...)
}

// parted shows members who have moved out of a channel that others stay in.
func (m *move) parted(p place, moved []*state.Member, e *event.Event) {
	for _, o := range moved {
		part := message(e, "PART", p.old)
		part.Source = o.Source()
		f := wire.One(part)
		for _, s := range o.Sessions() {
			s.Send(m.rejoin(p, o, s, e))
		}
		p.Broadcast(f, nil)
	}
}

// joined shows the ones to the others, who have not seen them join.
func (m *move) joined(ones, others []*state.Member) {
	for _, o := range ones {
		if contains(others, o) {
			continue
		}
		f := m.n.joinFrame(m.n.event(Actor{User: o.User}, nil), o.User, m.to.Name())
		m.to.BroadcastTo(func(x *state.Member) bool { return contains(others, x) && m.to.View().Sees(x.User, o) }, f, nil)
	}
}

// moveHistory lets history follow a channel. What was said in a channel of the new
// name is lost with that channel: it is not for the members of this one. On linked
// servers that channel may be alive where this server cannot reach it, and then it is
// the same one soon: see shift.
func (n *Network) moveHistory(old, name string) {
	if n.History == nil {
		return
	}
	if n.World.Linked {
		n.shiftOwn(old, name)
		return
	}
	from, to := string(n.World.Mapping.Fold(old)), string(n.World.Mapping.Fold(name))
	if _, err := n.History.Rename(from, to); errors.Is(err, history.ErrExists) {
		n.History.Drop(to)
		_, _ = n.History.Rename(from, to)
	}
}
