package network

import (
	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/state"
)

// record keeps an event in the history of a channel. What is addressed to a part of
// the channel is not kept for the whole of it, nor is what only says that somebody
// is typing.
func (n *Network) record(cx state.ChannelTx, e *event.Event) {
	if n.History == nil {
		return
	}
	if b, ok := e.Body.(event.MessageSent); ok && !keeps(b) {
		return
	}
	if n.bound(cx.View(), cx.Channel()) {
		n.note(n.History.Append(string(cx.Channel().Key()), e), e)
	}
}

// recordAbout keeps an event of a member whom everybody in the channel sees.
func (n *Network) recordAbout(cx state.ChannelTx, m *state.Member, e *event.Event) {
	if cx.View().Shows(m) {
		n.record(cx, e)
	}
}

// recordJoin keeps the join of a member who was hidden until now, at the time when
// it was: so servers agree about it.
func (n *Network) recordJoin(cx state.ChannelTx, m *state.Member) {
	if cx.View().Shows(m) {
		n.record(cx, &event.Event{
			Stamp: m.JoinStamp(), UID: m.UID(), Source: m.Source(), Account: m.Account(),
			Bot: m.Has(modes.Bot), Body: event.Joined{Channel: cx.Name()},
		})
	}
}

// recordEverywhere keeps an event in all channels of a user.
func (n *Network) recordEverywhere(by Actor, e *event.Event) {
	if n.History == nil {
		return
	}
	for _, m := range by.Memberships() {
		_ = m.Channel.Update(func(cx state.ChannelTx) error { n.recordAbout(cx, m, e); return nil })
	}
}

func keeps(b event.MessageSent) bool {
	if b.To == "" && (b.Status != 0 || b.OpsOnly) {
		return false
	}
	if b.Command != "TAGMSG" {
		return true
	}
	for _, t := range b.Tags {
		switch t.Key {
		case "+draft/react", "+draft/unreact", "+draft/persist":
			return true
		}
	}
	return false
}

// recordTell keeps a private message in the history of the two.
func (n *Network) recordTell(e *event.Event, b event.MessageSent, from, to *state.User) {
	if n.History == nil || !keeps(b) {
		return
	}
	buffer := history.Conversation(n.Identity(from), n.Identity(to))
	if n.boundTalk(buffer, from, to) {
		n.note(n.History.Append(buffer, e), e)
	}
}

// Identity is what tells users apart in private conversations: the account, or the
// UID of one without.
func (n *Network) Identity(u *state.User) string {
	if a := u.Account(); a != "" {
		return string(n.World.Mapping.Fold(a))
	}
	return guest(u.UID())
}

func guest(uid string) string { return "=" + uid }

// note remembers the ticket of what was recorded last for the server's own users.
func (n *Network) note(t history.Ticket, e *event.Event) {
	if e.Server == n.Clock.Server() {
		for last := n.ticket.Load(); uint64(t) > last && !n.ticket.CompareAndSwap(last, uint64(t)); {
			last = n.ticket.Load()
		}
	}
}

// acknowledge is promise for the echo of a message, if there is one.
func (n *Network) acknowledge(by Actor) (said func()) {
	if by.Session == nil || !by.Session.Caps().Has(caps.EchoMessage) {
		return func() {}
	}
	return n.promise(by)
}
