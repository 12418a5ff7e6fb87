package network

import (
	"time"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// Invite invites a user to a channel. A service may invite anybody.
func (n *Network) Invite(by Actor, target *state.User, ch *state.Channel) error {
	return ch.Update(func(cx state.ChannelTx) error {
		if by.User != nil {
			if cx.Member(by.User) == nil {
				return notOn(cx, by.User)
			}
			if err := cx.View().MayInvite(by.User, target); err != nil {
				return err
			}
			if target.Identity().Silences(by.User) {
				return nil
			}
			if !n.unhurried(by, "invite") {
				return numerics.TargetTooFast.With(target.Nick())
			}
			if err := n.newcomerTells(by, target, 1, ""); err != nil {
				return err
			}
		}
		b := event.Invited{Channel: ch.Name(), Target: target.UID(), Nick: target.Nick()}
		var facts []event.Fact
		if by.User == nil || cx.Member(by.User).AtLeast(modes.HalfOp) || ch.Has(modes.FreeInvite) {
			facts = append(facts, fact(cx.Key(event.Invite, target.UID(), ""), ""))
		}
		e := n.event(by, b, facts...)
		n.publish(e)
		n.applyInvite(cx, by, target, e, b)
		n.alertInvited(by, target, ch, e)
		return nil
	})
}

// applyInvite tells the target, and those who may invite and want to know.
// https://ircv3.net/specs/extensions/invite-notify
func (n *Network) applyInvite(cx state.ChannelTx, by Actor, target *state.User, e *event.Event, b event.Invited) {
	for _, f := range e.Facts {
		cx.Merge(f)
	}
	n.InformHere(modes.SnoInvites, "%[1]s invites %[2]s to %[3]s", e.Source, b.Nick, cx.Name())
	if target != nil {
		b.Nick = target.Nick() // it may be another by now
	}
	m := message(e, "INVITE", b.Nick, cx.Name())
	if target != nil {
		target.Deliver(wire.One(m), nil)
	}
	f := need(m, caps.InviteNotify)
	cx.BroadcastTo(func(o *state.Member) bool {
		return o.User != by.User && o.AtLeast(modes.HalfOp)
	}, f, nil)
}

// Uninvite takes an invitation back.
func (n *Network) Uninvite(by Actor, target *state.User, ch *state.Channel) error {
	return ch.Update(func(cx state.ChannelTx) error {
		m := cx.Member(by.User)
		k := cx.Key(event.Invite, target.UID(), "")
		switch {
		case m == nil:
			return notOn(cx, by.User)
		case !m.AtLeast(modes.HalfOp):
			return numerics.ChanOpNeeded.With(ch.Name())
		case !cx.Holds(k):
			return numerics.NotInChannel.With(target.Nick(), ch.Name()).Because("They have no invitation to the channel")
		}
		e := n.event(by, event.Uninvited{Channel: ch.Name(), Target: target.UID()}, noFact(k))
		n.publish(e)
		n.applyUninvite(cx, e)
		return nil
	})
}

func (n *Network) applyUninvite(cx state.ChannelTx, e *event.Event) {
	for _, f := range e.Facts {
		cx.Merge(f)
	}
}

// Invites returns the channels that u is invited to.
func (n *Network) Invites(u *state.User) (names []string) {
	for _, ch := range n.World.Channels() {
		ch.View(func(v state.View) {
			if v.Invited(u) {
				names = append(names, ch.Name())
			}
		})
	}
	return names
}

// knockEvery is how often a user may knock at the same channel.
const knockEvery = time.Minute

// Knock asks the operators of a channel for an invitation.
func (n *Network) Knock(by Actor, ch *state.Channel, text string) error {
	return ch.Update(func(cx state.ChannelTx) error {
		now := n.Clock.Now()
		if err := cx.View().MayKnock(by.User, now); err != nil {
			return err
		}
		if !n.knocks.pass(by.UID()+string(ch.Key()), knockEvery, now) {
			return numerics.TooManyKnock.With(ch.Name())
		}
		if !n.newcomerJoins(cx, by, now) {
			return numerics.TooManyKnock.With(ch.Name())
		}
		if r := cx.Flood("knock", by.User, "", now); r != nil {
			n.flooded(cx, by, r)
			return numerics.TooManyKnock.With(ch.Name())
		}
		b := event.Knocked{Channel: ch.Name(), Text: text}
		e := n.event(by, b)
		n.publish(e)
		n.applyKnock(cx, e, b)
		return nil
	})
}

func (n *Network) applyKnock(cx state.ChannelTx, e *event.Event, b event.Knocked) {
	for _, m := range cx.Members() {
		if m.AtLeast(modes.HalfOp) {
			n.tellUser(m.User, numerics.KnockHeard.With(cx.Name(), e.Source).Fmt(b.Text))
		}
	}
}
