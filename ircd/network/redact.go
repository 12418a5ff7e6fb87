package network

import (
	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// Redact deletes a message: its author may, the half-operators of the channel it was
// said in, and operators of the network who may act on channels. The rights are those
// in the buffer the message is in, whatever target the client names.
// https://ircv3.net/specs/extensions/message-redaction
func (n *Network) Redact(by Actor, target, msgid, reason string) error {
	buf, err := n.Readable(by.User, target)
	if err != nil {
		return numerics.Fail{Command: "REDACT", Code: "INVALID_TARGET", Context: []string{target}, Text: "You cannot delete messages there"}
	}
	refuse := func(code string, text lang.Text, context ...string) error {
		return numerics.Fail{Command: "REDACT", Code: code, Context: append([]string{buf.Target, msgid}, context...), Text: text}
	}
	e, err := n.History.Get(buf.Name, msgid)
	if err != nil || !buf.shows(e) {
		return refuse("UNKNOWN_MSGID", "This message does not exist or is too old")
	}
	m, ok := e.Body.(event.MessageSent)
	if !ok {
		return refuse("UNKNOWN_MSGID", "This is not a message")
	}
	window := n.Config().History.RedactWindow
	mine := isAuthor(by.User, e)
	switch {
	case mine && !n.tooLate(e, window), n.moderates(by, buf):
	case mine:
		return refuse("REDACT_WINDOW_EXPIRED", "You can no longer delete this message", seconds(window))
	default:
		return refuse("REDACT_FORBIDDEN", "You are not authorised to delete this message")
	}
	n.redact(by, buf.Name, buf.Target, m, msgid, reason)
	return nil
}

// RedactOwn deletes a message that by has said, wherever that was and whether or not
// by is still there. It reports false if there is none, or if it is too late.
func (n *Network) RedactOwn(by Actor, msgid, reason string) bool {
	if n.History == nil {
		return false
	}
	buffer, e, err := n.History.Find(msgid)
	if err != nil || !isAuthor(by.User, e) || n.tooLate(e, n.Config().History.RedactWindow) {
		return false
	}
	m, ok := e.Body.(event.MessageSent)
	if ok {
		n.redact(by, buffer, m.Target, m, msgid, reason)
	}
	return ok
}

// RedactAny deletes any message that was said in a channel, for an operator of the
// network. It reports false if there is none.
func (n *Network) RedactAny(by Actor, msgid, reason string) bool {
	if n.History == nil {
		return false
	}
	buffer, e, err := n.History.Find(msgid)
	if err != nil {
		return false
	}
	m, ok := e.Body.(event.MessageSent)
	if ok = ok && m.To == ""; ok {
		n.redact(by, buffer, m.Target, m, msgid, reason)
	}
	return ok
}

// moderates reports whether by may delete what others have said in a buffer.
func (n *Network) moderates(by Actor, b Buffer) (ok bool) {
	ch := n.World.Channel(b.Target)
	if ch == nil || !casemap.IsChannel(b.Target) {
		return false
	}
	ch.View(func(v state.View) { ok = v.Member(by.User).AtLeast(modes.HalfOp) })
	return ok || n.overrides(by, "REDACT", b.Target)
}

// redact deletes a message of a buffer, and answers when it will not come back.
func (n *Network) redact(by Actor, buffer, target string, m event.MessageSent, msgid, reason string) {
	if ch := n.World.Channel(buffer); ch != nil {
		target = ch.Name() // it may have been renamed
	}
	b := event.Redacted{Buffer: buffer, MsgID: msgid, Reason: n.utterable(by, buffer, reason), Target: target}
	if m.To != "" && !m.OpsOnly {
		if other, _ := history.Other(buffer, n.Identity(by.User)); other != "" {
			if o := n.withIdentity(other); o != nil {
				b.To = o.UID()
			} else {
				b.To = m.To
			}
		}
	}
	defer n.promise(by)()
	e := n.event(by, b)
	n.applyRedact(by, e, b)
	n.publish(e)
}

// utterable returns a reason, or "" if by may not speak in the channel of a buffer.
func (n *Network) utterable(by Actor, buffer, reason string) string {
	if ch := n.World.Channel(buffer); ch != nil && reason != "" {
		ch.View(func(v state.View) {
			if _, err := v.MaySpeak(by.User, state.Speech{Words: true, Text: reason}, n.Clock.Now()); err != nil {
				reason = ""
			}
		})
	}
	return reason
}

// applyRedact removes the message from the history, and tells those who heard it
// and can do with it. That it was removed is remembered, for those who keep messages
// themselves and come back.
func (n *Network) applyRedact(by Actor, e *event.Event, b event.Redacted) {
	n.alertRedacted(e, b)
	if _, _, direct := history.Parties(b.Buffer); direct {
		if n.erase(e, b) {
			n.remember(e, b)
		}
		n.tellRedacted(by, e, b)
		return
	}
	ch := n.World.Channel(n.World.Locate(b.Target, nil))
	if ch == nil {
		if n.erase(e, b) {
			n.remember(e, b)
		}
		return
	}
	_ = ch.Update(func(cx state.ChannelTx) error {
		b.Buffer, b.Target = string(ch.Key()), ch.Name() // it may have been renamed
		// The message may be on its way from another server: it must not be kept then.
		if n.erase(e, b); n.History != nil && n.bound(cx.View(), ch) {
			n.remember(e, b)
		}
		cx.Broadcast(need(redaction(e, b), caps.Redaction), by.Session)
		if by.User != nil && cx.Member(by.User) == nil {
			by.deliver(need(redaction(e, b), caps.Redaction))
		}
		return nil
	})
}

// erase removes a message, and reports whether there was one.
func (n *Network) erase(e *event.Event, b event.Redacted) bool {
	if n.History == nil {
		return false
	}
	t, err := n.History.Rewrite(n.whereabouts(b.Buffer, b.MsgID), b.MsgID, func(*event.Event) *event.Event { return nil })
	if err == nil {
		n.note(t, e)
	}
	for _, edit := range n.ledger.takeEdits(b.MsgID) { // their texts are gone with it
		if t, err := n.History.Rewrite(ledgerBuffer, edit.ID(), func(*event.Event) *event.Event { return nil }); err == nil {
			n.note(t, e)
		}
	}
	return err == nil
}

// remember keeps that a message was removed.
func (n *Network) remember(e *event.Event, b event.Redacted) {
	if n.owns(e) {
		n.put(b.Buffer, e)
	}
}

func redaction(e *event.Event, b event.Redacted) wire.Message {
	m := message(e, "REDACT", b.Target, b.MsgID)
	if b.Reason != "" {
		m.Params = append(m.Params, b.Reason)
	}
	return m
}

// tellRedacted tells the two who have talked.
func (n *Network) tellRedacted(by Actor, e *event.Event, b event.Redacted) {
	f := need(redaction(e, b), caps.Redaction)
	if by.User != nil {
		by.deliver(f)
	}
	if other := n.World.ByUID(b.To); other != nil && other != by.User {
		other.Deliver(f, nil)
	}
}
