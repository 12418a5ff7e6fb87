package network

import (
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/spamfilter"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// Part removes a user from a channel. The reason is left out if the user may not
// speak there.
func (n *Network) Part(by Actor, ch *state.Channel, reason string) error {
	if f := n.Screen(by, spamfilter.Part, ch.Name(), reason); f != nil && f.Refuse {
		reason = ""
	}
	return n.World.Update(func(tx *state.Tx) error {
		return ch.Update(func(cx state.ChannelTx) error {
			if cx.Member(by.User) == nil {
				return notOn(cx, by.User)
			}
			if reason != "" {
				now := n.Clock.Now()
				_, err := cx.View().MaySpeak(by.User, state.Speech{Words: true, Text: reason}, now)
				if err != nil || n.isNewcomer(by) && cx.View().Unsettled(by.User, now) {
					reason = ""
				}
			}
			b := event.Parted{Channel: ch.Name(), Reason: reason}
			e := n.event(by, b, cx.Member(by.User).Left()...)
			n.applyPart(tx, cx, by, e, b)
			n.publish(e)
			return nil
		})
	})
}

// notOn refuses one who is not in the channel: to those who may not know of it,
// it does not exist.
func notOn(cx state.ChannelTx, u *state.User) error {
	if !cx.View().Visible(u) {
		return numerics.NoSuchChannel.With(cx.Name())
	}
	return numerics.NotOnChannel.With(cx.Name())
}

func (n *Network) applyPart(tx *state.Tx, cx state.ChannelTx, by Actor, e *event.Event, b event.Parted) {
	if by.User == nil {
		return
	}
	params := []string{cx.Name()}
	if b.Reason != "" {
		params = append(params, b.Reason)
	}
	n.leave(tx, cx, by.User, e, wire.One(message(e, "PART", params...)), by)
}

// leave ends a membership, after those who see the member have been told.
func (n *Network) leave(tx *state.Tx, cx state.ChannelTx, u *state.User, e *event.Event, f *wire.Frame, by Actor) {
	m := cx.Member(u)
	if cx.Divided() {
		defer n.tellDifference(cx, n.pictureWithout(cx, m))
	}
	for _, x := range e.Facts {
		if x.Kind != event.Member {
			cx.Merge(x)
			continue
		}
		members := cx.Members()
		if !tx.MergeMember(cx, x) || m == nil || cx.Member(u) != nil {
			continue
		}
		n.recordAbout(cx, m, e)
		for _, o := range members {
			if o == m || cx.View().Sees(o.User, m) {
				o.Deliver(f, by.Session)
			}
		}
	}
}
