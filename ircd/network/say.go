package network

import (
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// Say sends a PRIVMSG, NOTICE or TAGMSG to a channel.
func (n *Network) Say(by Actor, ch *state.Channel, b event.MessageSent) error {
	b.Target = ch.Name()
	defer n.acknowledge(by)()
	var broken *modes.FloodRule
	var said *event.Event
	var found *Finding
	screened := n.screenMessage(by, b.Target, true, b)
	err := ch.Update(func(cx state.ChannelTx) error {
		now := n.Clock.Now()
		sp := state.Speech{Notice: b.Command == "NOTICE", CTCP: hasCTCP(b), Text: b.Whole()}
		if len(b.Lines) > 0 {
			sp.Lines = b.Texts()
		}
		if !cx.View().Visible(by.User) && ch.Has(modes.NoExternal) {
			return numerics.NoSuchChannel.With(b.Target)
		}
		opsOnly, err := cx.View().MaySpeak(by.User, sp, now)
		if err != nil {
			return err
		}
		if n.isNoise(by, b) {
			return nil
		}
		if err := n.newcomerSays(cx, by, b, now); err != nil {
			return err
		}
		if found = screened; found != nil {
			if err := found.Err(numerics.CannotSend.With(b.Target)); err != nil {
				return err
			}
		}
		if broken = n.tooMuch(cx, by, b, now); broken != nil {
			return numerics.CannotSend.With(b.Target).Because("Cannot send to channel (+F): too much at once; slow down")
		}
		b.OpsOnly = opsOnly
		rewrite(&b, func(text string) string {
			text = cx.View().Censor(by.User, text, now)
			if ch.Has(modes.NoColour) {
				text = wire.StripFormatting(text)
			}
			return text
		})
		fit(by, &b)
		n.reveal(cx, cx.Member(by.User))
		e := n.eventAt(now, by, b)
		n.applySay(cx, by, e, b)
		n.publish(e)
		said = e
		return nil
	})
	found.act()
	if said != nil {
		n.alertSaid(by, ch, said, b)
	}
	if broken != nil {
		n.punish(by, ch, broken.Action)
	}
	return err
}

// tooMuch counts a message, each of its lines for itself, for mode F, and returns
// the rule it breaks.
func (n *Network) tooMuch(cx state.ChannelTx, by Actor, b event.MessageSent, now time.Time) (r *modes.FloodRule) {
	if _, typing := b.Typing(); typing || !cx.Channel().Has(modes.Flood) || cx.Member(by.User).AtLeast(modes.HalfOp) {
		return nil
	}
	for range b.Texts() {
		if r == nil {
			r = cx.Flood("message", by.User, "", now)
		}
	}
	for _, text := range repeatable(b) {
		if r == nil && text != "" {
			r = cx.Flood("repeat", by.User, text, now)
		}
	}
	if r != nil {
		n.flooded(cx, by, r)
	}
	return r
}

// repeatable is what counts as repeated if it is said again: the whole message, or
// its lines if they repeat each other.
func repeatable(b event.MessageSent) []string {
	texts := b.Texts()
	for i := 1; i < len(texts); i++ {
		if texts[i] == texts[i-1] && texts[i] != "" {
			return texts
		}
	}
	return []string{b.Whole()}
}

// applyMessage applies a message of another server.
func (n *Network) applyMessage(by Actor, e *event.Event, b event.MessageSent) {
	if by.User == nil {
		return
	}
	if b.To != "" {
		if target := n.World.ByUID(b.To); target != nil {
			n.applyTell(by, e, b, target)
		}
		return
	}
	if ch := n.World.Channel(n.World.Locate(b.Target, nil)); ch != nil {
		b.Target = ch.Name()
		_ = ch.Update(func(cx state.ChannelTx) error { n.applySay(cx, by, e, b); return nil })
	}
}

func (n *Network) applySay(cx state.ChannelTx, by Actor, e *event.Event, b event.MessageSent) {
	f := messageFrame(e, b)
	by.Touch(e.Time())
	n.record(cx, e)
	n.unveil(cx, cx.Member(by.User), nil) // unless that has been done in Say
	heard := false
	row := n.World.Modes.ByPrefix(b.Status)
	for _, m := range cx.Members() {
		if m.User == by.User {
			heard = true
			m.Deliver(f, by.Session)
			continue
		}
		if m.Has(modes.Deaf) || row != nil && !m.AtLeast(row.Letter) || b.OpsOnly && !m.AtLeast(modes.HalfOp) {
			continue
		}
		m.Deliver(f, nil)
	}
	if !heard {
		by.deliver(f)
	}
}
