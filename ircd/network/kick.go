package network

import (
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// Kick removes target from a channel. With removed, the members read that the
// target left, as REMOVE has it.
func (n *Network) Kick(by Actor, target *state.User, ch *state.Channel, reason string, removed bool) error {
	return n.World.Update(func(tx *state.Tx) error {
		return ch.Update(func(cx state.ChannelTx) error {
			if by.User != nil && !by.Force {
				if cx.Member(by.User) == nil {
					return notOn(cx, by.User)
				}
				if err := cx.View().MayKick(by.User, target); err != nil {
					return err
				}
			}
			m := cx.Member(target)
			if m == nil {
				return numerics.NotInChannel.With(target.Nick(), ch.Name())
			}
			b := event.Kicked{Channel: ch.Name(), Target: target.UID(), Nick: target.Nick(), Reason: reason, Removed: removed}
			e := n.event(by, b, m.Left()...)
			n.applyKick(tx, cx, by, e, b)
			n.publish(e)
			return nil
		})
	})
}

func (n *Network) applyKick(tx *state.Tx, cx state.ChannelTx, by Actor, e *event.Event, b event.Kicked) {
	target := tx.ByUID(b.Target)
	if target == nil {
		return
	}
	m := message(e, "KICK", cx.Name(), target.Nick(), b.Reason)
	if b.Removed {
		nick := e.Source
		if by.User != nil {
			nick = by.Nick()
		}
		m = message(e, "PART", cx.Name(), "Removed by "+nick+": "+b.Reason)
		m.Source = target.Source()
	}
	n.leave(tx, cx, target, e, wire.One(m), by)
}
