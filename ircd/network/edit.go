package network

import (
	"strconv"
	"strings"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// Edit gives a message another text: its author may, if its author may say that text
// now. What others are told besides, such as tags, comes from the new message.
// https://github.com/ircv3/ircv3-specifications/pull/425
func (n *Network) Edit(by Actor, target, msgid, text string, tags []event.Tag) error {
	buf, err := n.Readable(by.User, target)
	if err != nil {
		return numerics.Fail{Command: "EDIT", Code: "INVALID_TARGET", Context: []string{target}, Text: "You cannot edit messages there"}
	}
	e, err := n.History.Get(buf.Name, msgid)
	if err != nil || !buf.shows(e) {
		return refuseEdit("UNKNOWN_MSGID", "This message does not exist or is too old", buf.Target, msgid)
	}
	m, ok := e.Body.(event.MessageSent)
	if err := n.mayEdit(by, e, buf.Target, msgid); err != nil {
		return err
	}
	m.Target, m.Tags, m.Trail, m.Edited = buf.Target, tags, nil, event.Stamp{}
	if !ok || m.Command == "TAGMSG" || !n.reword(by, &m, text) {
		return refuseEdit("INVALID_EDIT", "A message cannot get this text", buf.Target, msgid)
	}
	defer n.promise(by)()
	b := event.Edited{Buffer: buf.Name, MsgID: msgid, Message: m}
	if _, _, direct := history.Parties(buf.Name); direct {
		return n.editTold(by, b)
	}
	return n.editSaid(by, b)
}

func refuseEdit(code string, text lang.Text, context ...string) error {
	return numerics.Fail{Command: "EDIT", Code: code, Context: context, Text: text}
}

// mayEdit reports whether by may edit what was said in e.
func (n *Network) mayEdit(by Actor, e *event.Event, target, msgid string) error {
	window := n.Config().History.EditWindow
	switch {
	case !isAuthor(by.User, e):
		return refuseEdit("EDIT_FORBIDDEN", "You are not authorised to edit this message", target, msgid)
	case n.tooLate(e, window):
		return refuseEdit("EDIT_WINDOW_EXPIRED", "You can no longer edit this message", target, msgid, seconds(window))
	}
	return nil
}

// tooLate reports whether a window, in which something can be done to a message, has
// passed. A window of 0 never does.
func (n *Network) tooLate(e *event.Event, window config.Duration) bool {
	return window > 0 && n.Clock.Now().Sub(e.Time()) > time.Duration(window)
}

func seconds(d config.Duration) string { return strconv.Itoa(int(time.Duration(d).Seconds())) }

// maxEdit is how long a new text may be as the value of a tag, in bytes. The other tags
// of a server need some of the 4094 bytes that there are for all.
// https://ircv3.net/specs/extensions/message-tags#size-limit
const maxEdit = 3600

// reword gives m a text, whose lines are separated by line feeds. It reports false if
// there is none, or if it could not have been sent as a message.
func (n *Network) reword(by Actor, m *event.MessageSent, text string) (ok bool) {
	limits := n.Config().Limits
	escaped := len(text) + strings.Count(text, "\n") + strings.Count(text, " ") + strings.Count(text, ";") + strings.Count(text, `\`)
	if escaped > maxEdit || strings.TrimSpace(text) == "" || strings.ContainsAny(text, "\r\x00") {
		return false
	}
	setText(by.Source(), m, text)
	if lines := len(m.Lines); lines > limits.MultilineLines || lines > 0 && len(text) > int(limits.MultilineBytes) {
		return false
	}
	return !hasCTCP(*m)
}

// setText makes text that of m: in one line if it fits on one, and in several if not.
func setText(source string, m *event.MessageSent, text string) {
	m.Text, m.Lines = text, nil
	if strings.Contains(text, "\n") || len(text) > lineRoom(source, *m) {
		m.Text = ""
		for line := range strings.SplitSeq(text, "\n") {
			m.Lines = append(m.Lines, event.Line{Text: line})
		}
		fitTo(source, m)
	}
}

// editSaid edits what was said in a channel.
func (n *Network) editSaid(by Actor, b event.Edited) error {
	ch := n.World.Channel(b.Message.Target)
	if ch == nil {
		return numerics.NoSuchChannel.With(b.Message.Target)
	}
	var broken *modes.FloodRule
	var found *Finding
	screened := n.screenMessage(by, ch.Name(), true, b.Message)
	err := ch.Update(func(cx state.ChannelTx) error {
		now, m := n.Clock.Now(), &b.Message
		sp := state.Speech{Notice: m.Command == "NOTICE", Text: m.Whole()}
		if len(m.Lines) > 0 {
			sp.Lines = m.Texts()
		}
		opsOnly, err := cx.View().MaySpeak(by.User, sp, now)
		switch {
		case err != nil:
			return err
		case opsOnly && !m.OpsOnly:
			return numerics.CannotSend.With(ch.Name()).Because("Cannot send to channel (+U): only operators would hear it")
		}
		if err := n.newcomerSays(cx, by, *m, now); err != nil {
			return err
		}
		found = screened
		if err := found.Err(numerics.CannotSend.With(ch.Name())); err != nil {
			return err
		}
		if broken = n.tooMuch(cx, by, *m, now); broken != nil {
			return numerics.CannotSend.With(ch.Name()).Because("Cannot send to channel (+F): too much at once; slow down")
		}
		rewrite(m, func(text string) string {
			if text = cx.View().Censor(by.User, text, now); ch.Has(modes.NoColour) {
				text = wire.StripFormatting(text)
			}
			return text
		})
		if strings.TrimSpace(m.Whole()) == "" {
			return refuseEdit("INVALID_EDIT", "Nothing of this text may be said here", ch.Name(), b.MsgID)
		}
		fit(by, m)
		e := n.event(by, b)
		n.applyEditSaid(cx, by, e, b)
		n.publish(e)
		return nil
	})
	found.act()
	if broken != nil {
		n.punish(by, ch, broken.Action)
	}
	return err
}

// editTold edits what was said to a user, who need not be there.
func (n *Network) editTold(by Actor, b event.Edited) error {
	m := &b.Message
	other, _ := history.Other(b.Buffer, n.Identity(by.User))
	if to := n.withIdentity(other); to != nil {
		id := to.Identity()
		m.To = to.UID()
		switch {
		case m.OpsOnly:
		case id.Silences(by.User):
			// As if it had been heard: who is silenced does not know.
			by.deliver(editFrame(n.event(by, b), b, n.Config()))
			return nil
		default:
			if err := n.mayTell(by, to, id, *m); err != nil {
				return err
			}
		}
	}
	found := n.screenMessage(by, m.Target, false, *m)
	found.act()
	if err := found.Err(numerics.CannotSendUser.With(m.Target)); err != nil {
		return err
	}
	e := n.event(by, b)
	n.applyEdit(by, e, b)
	n.publish(e)
	return nil
}
