package network

import (
	"strings"
	"unicode"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/push"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// This file tells the devices of those who are away when they are spoken to. The server
// of who speaks does it, so that it is done once; each server drops what it has not
// sent yet when it hears that it was read or deleted.
// https://github.com/ircv3/ircv3-specifications/pull/471

// alert tells the devices of u, unless a client of u is there. conversation is what u's
// clients call it.
func (n *Network) alert(by Actor, u *state.User, e *event.Event, conversation string, line wire.Message) {
	id := u.Identity()
	if id.Account == "" || id.Away == "" || u == by.User || id.Account == e.Account {
		return
	}
	m := n.World.Mapping
	n.Push.Notify(push.Notice{
		Account: string(m.Fold(id.Account)), Talk: string(m.Fold(conversation)),
		MsgID: e.ID(), Author: e.Account, Time: e.Time(), Line: line,
	})
}

// alertTold is alert for a private message.
func (n *Network) alertTold(by Actor, target *state.User, e *event.Event, b event.MessageSent) {
	if !n.Push.Idle() && !b.OpsOnly && isSpoken(b) {
		n.alert(by, target, e, by.Nick(), brief(e, b))
	}
}

// alertSaid is alert for those who are mentioned in a channel and hear it.
func (n *Network) alertSaid(by Actor, ch *state.Channel, e *event.Event, b event.MessageSent) {
	if n.Push.Idle() || !isSpoken(b) || b.Command != "PRIVMSG" {
		return
	}
	row, done := n.World.Modes.ByPrefix(b.Status), map[*state.User]bool{}
	for _, word := range mentions(b.Whole()) {
		u := n.World.User(word)
		if u == nil || done[u] {
			continue
		}
		done[u] = true
		hears := false
		ch.View(func(v state.View) {
			m := v.Member(u)
			hears = m != nil && !m.Has(modes.Deaf) && (row == nil || m.AtLeast(row.Letter)) && (!b.OpsOnly || m.AtLeast(modes.HalfOp))
		})
		if hears {
			n.alert(by, u, e, ch.Name(), brief(e, b))
		}
	}
}

// isSpoken reports whether a message is for people to read.
func isSpoken(b event.MessageSent) bool { return b.Command != "TAGMSG" && !hasCTCP(b) }

// maxMentions is how many words of a message are looked at.
const maxMentions = 400

// mentions returns the words of a text that could be nicks.
func mentions(text string) []string {
	words := strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsNumber(r) && !strings.ContainsRune("-_[]\\`^{}|", r)
	})
	return words[:min(len(words), maxMentions)]
}

// brief is a message in one line.
func brief(e *event.Event, b event.MessageSent) wire.Message {
	if len(b.Lines) > 0 {
		return fallback(envelope(new(sheet), e, b), b.Lines)[0]
	}
	return plain(new(sheet), e, b)
}

// alertInvited is alert for an invitation.
func (n *Network) alertInvited(by Actor, target *state.User, ch *state.Channel, e *event.Event) {
	if !n.Push.Idle() {
		n.alert(by, target, e, ch.Name(), message(e, "INVITE", target.Nick(), ch.Name()))
	}
}

// unalert drops what waits up to what was read. It is about the marker of one who is
// logged in.
func (n *Network) unalert(b event.MarkedRead) {
	if !n.Push.Idle() && !strings.HasPrefix(b.Identity, "=") {
		n.Push.Read(b.Identity, string(n.World.Mapping.Fold(b.Target)), b.Time, n.markerLine(b.Target, b.Time))
	}
}

// alertRedacted drops a message that was deleted.
func (n *Network) alertRedacted(e *event.Event, b event.Redacted) {
	if !n.Push.Idle() {
		n.Push.Retract(b.MsgID, redaction(e, b))
	}
}

// alertEdited gives what waits its new text.
func (n *Network) alertEdited(b event.Edited) {
	if !n.Push.Idle() {
		n.Push.Reword(b.MsgID, firstLine(b.Message))
	}
}

func firstLine(b event.MessageSent) string {
	for _, text := range b.Texts() {
		if text != "" {
			return text
		}
	}
	return ""
}
