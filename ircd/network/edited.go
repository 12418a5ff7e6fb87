package network

import (
	"slices"
	"strings"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// correcting is what a new text begins with for clients that know nothing of edits.
const correcting = "* "

// applyEdit applies an edit where no channel is locked.
func (n *Network) applyEdit(by Actor, e *event.Event, b event.Edited) {
	if _, _, direct := history.Parties(b.Buffer); direct {
		if n.amend(e, b) {
			n.tellEdited(by, e, b)
		}
		return
	}
	ch := n.World.Channel(n.World.Locate(b.Message.Target, nil))
	if ch == nil {
		n.amend(e, b)
		return
	}
	_ = ch.Update(func(cx state.ChannelTx) error {
		b.Buffer, b.Message.Target = string(ch.Key()), ch.Name() // it may have been renamed
		n.applyEditSaid(cx, by, e, b)
		return nil
	})
}

func (n *Network) applyEditSaid(cx state.ChannelTx, by Actor, e *event.Event, b event.Edited) {
	if !n.amend(e, b) {
		return
	}
	f := editFrame(e, b, n.Config())
	row := n.World.Modes.ByPrefix(b.Message.Status)
	for _, m := range cx.Members() {
		if m.User == by.User || m.Has(modes.Deaf) || row != nil && !m.AtLeast(row.Letter) || b.Message.OpsOnly && !m.AtLeast(modes.HalfOp) {
			continue
		}
		m.Deliver(f, nil)
	}
	if by.User != nil {
		by.Touch(e.Time())
		by.deliver(f)
	}
}

// tellEdited tells the two who have talked.
func (n *Network) tellEdited(by Actor, e *event.Event, b event.Edited) {
	f := editFrame(e, b, n.Config())
	if by.User != nil {
		by.Touch(e.Time())
		by.deliver(f)
	}
	if other := n.World.ByUID(b.Message.To); other != nil && other != by.User && !b.Message.OpsOnly {
		other.Deliver(f, nil)
	}
}

// amend changes the text in the history. It reports false if clients are not to be
// told: the message is gone meanwhile, or was edited again.
func (n *Network) amend(e *event.Event, b event.Edited) (current bool) {
	if n.History == nil {
		return true
	}
	t, err := n.History.Rewrite(n.whereabouts(b.Buffer, b.MsgID), b.MsgID, func(old *event.Event) *event.Event {
		m, ok := old.Body.(event.MessageSent)
		if !ok {
			return old
		}
		amended := *old
		amended.Body, current = m.Edit(old.Stamp, event.Wording{At: e.Stamp, Text: b.Message.Text, Lines: b.Message.Lines})
		return &amended
	})
	if err != nil {
		return false
	}
	n.note(t, e)
	n.log(e)
	if current {
		n.alertEdited(b)
	}
	return current
}

// editFrame is an edit for clients that know such; others read the new text as a
// message that answers the old one.
func editFrame(e *event.Event, b event.Edited, c *config.Config) *wire.Frame {
	edit := envelope(new(sheet), e, b.Message)
	edit.Command = "EDIT"
	edit.Tags = append(slices.Clip(edit.Tags),
		wire.Tag{Key: "draft/target-msgid", Value: b.MsgID},
		wire.Tag{Key: "draft/edit-text", Value: b.Message.Whole()})
	forms := []wire.Form{{Needs: caps.Of(caps.MessageEdit, caps.MessageTags), Lines: []wire.Message{edit}}}

	m := correction(e.Source, b, c)
	first := envelope(new(sheet), e, m)
	if len(m.Lines) > 0 {
		forms = append(forms,
			wire.Form{Needs: caps.Of(caps.Multiline, caps.Batch), Lines: batched(first, e.ID(), m.Lines)},
			wire.Form{Lines: fallback(first, m.Lines)})
	} else {
		first.Params = append(first.Params, m.Text)
		forms = append(forms, wire.Form{Lines: []wire.Message{first}})
	}
	f := wire.Of(forms...)
	f.Echo = b.Message.Shown == "" || b.Message.Relayer != "" // as of the message itself
	return f
}

// correction is an edit as a message.
func correction(source string, b event.Edited, c *config.Config) event.MessageSent {
	m := b.Message
	m.Tags = slices.DeleteFunc(slices.Clone(m.Tags), func(t event.Tag) bool { return t.Key == "+reply" || t.Key == "+draft/reply" })
	if !c.Server.DeniesTag("+reply") {
		m.Tags = append(m.Tags, event.Tag{Key: "+reply", Value: b.MsgID})
	}
	if text := m.Whole(); !strings.HasPrefix(text, "\x01") { // ACTION says who does it, not what was said
		setText(source, &m, correcting+text)
	}
	return m
}
