package network

import (
	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/state"
)

// record keeps an event of this server in the history of a channel, and notes that in
// the event: other servers follow. What is addressed to a part of the channel is not
// kept for the whole of it, nor is what only says that somebody is typing.
func (n *Network) record(cx state.ChannelTx, e *event.Event) {
	if n.History == nil || !n.owns(e) {
		return
	}
	if b, ok := e.Body.(event.MessageSent); ok && !keeps(b) {
		return
	}
	if n.bound(cx.View(), cx.Channel()) {
		n.put(string(cx.Channel().Key()), e)
	}
}

// owns reports whether e is an event of this server.
func (n *Network) owns(e *event.Event) bool { return e.Server == n.Clock.Server() }

// put keeps an event of this server in a buffer.
func (n *Network) put(buffer string, e *event.Event) {
	n.note(n.History.Append(buffer, e), e)
	if n.World.Linked { // nobody else is to follow
		e.Kept = append(e.Kept, buffer)
	}
}

// log keeps what is done to the history itself, for servers that hear of it late.
func (n *Network) log(e *event.Event) {
	if n.World.Linked && n.History != nil && n.owns(e) {
		n.ledger.enter(e)
		n.put(ledgerBuffer, e)
	}
}

// recordAbout keeps an event of a member whom everybody in the channel sees.
func (n *Network) recordAbout(cx state.ChannelTx, m *state.Member, e *event.Event) {
	if cx.View().Shows(m) {
		n.record(cx, e)
	}
}

// recordEverywhere keeps an event in all channels of a user.
func (n *Network) recordEverywhere(by Actor, e *event.Event) {
	if n.History == nil || !n.owns(e) {
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
	if n.History == nil || !n.owns(e) || !keeps(b) {
		return
	}
	buffer := history.Conversation(n.Identity(from), n.Identity(to))
	if n.boundTalk(buffer, from.Account(), to.Account()) {
		n.put(buffer, e)
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
	if n.owns(e) {
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
