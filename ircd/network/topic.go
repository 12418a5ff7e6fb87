package network

import (
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/spamfilter"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// SetTopic changes the topic of a channel; "" removes it.
func (n *Network) SetTopic(by Actor, ch *state.Channel, topic string, force bool) error {
	if by.User != nil && !force && n.Hooks.MayTopic != nil {
		if err := n.Hooks.MayTopic(by.User, ch); err != nil {
			return err
		}
	}
	lasted := lasts(ch)
	var found *Finding
	screened := n.screen(by, Words{At: spamfilter.Topic, To: ch.Name(), Texts: []string{topic}})
	err := ch.Update(func(cx state.ChannelTx) error {
		if by.User != nil && !force {
			if cx.Member(by.User) == nil {
				return notOn(cx, by.User)
			}
			if err := cx.View().MaySetTopic(by.User, n.Clock.Now()); err != nil {
				return err
			}
			found = screened
			if err := found.Err(numerics.CannotSend.With(ch.Name())); err != nil {
				return err
			}
		}
		setter := n.source(by)
		n.stall(by, lasted)
		b := event.TopicSet{Channel: ch.Name(), Topic: topic}
		text := event.Pack(event.TopicText{Text: topic, Setter: setter, Set: n.Clock.Now()})
		e := n.event(by, b, fact(cx.Key(event.Topic, "", ""), text))
		n.applyTopic(cx, by, e, b)
		n.publish(e)
		return nil
	})
	found.act()
	if err == nil {
		n.changed(by, ch, lasted, "")
	}
	return err
}

func (n *Network) applyTopic(cx state.ChannelTx, by Actor, e *event.Event, b event.TopicSet) {
	won := false
	for _, f := range e.Facts {
		won = cx.Merge(f) || won
	}
	if won {
		n.record(cx, e)
		cx.Broadcast(wire.One(message(e, "TOPIC", cx.Name(), b.Topic)), by.Session)
	}
}
