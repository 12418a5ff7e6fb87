package network

import (
	"strings"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/wire"
)

// messageFrame is read by the recipients, the sender's other sessions and, with
// echo-message, the sender's own.
func messageFrame(e *event.Event, b event.MessageSent) *wire.Frame {
	f := messageForms(e, b)
	// What a character says is heard by who made it say so, as by the others.
	f.Echo = b.Shown == "" || b.Relayer != ""
	return f
}

func messageForms(e *event.Event, b event.MessageSent) *wire.Frame {
	switch {
	case b.Command == "TAGMSG":
		return need(envelope(new(sheet), e, b), caps.MessageTags)
	case len(b.Lines) > 0:
		first := envelope(new(sheet), e, b)
		return wire.Of(
			wire.Form{Needs: caps.Of(caps.Multiline, caps.Batch), Lines: batched(first, e.ID(), b.Lines)},
			wire.Form{Lines: fallback(first, b.Lines)})
	}
	return wire.One(plain(new(sheet), e, b))
}

// plain is a message of one line.
func plain(on *sheet, e *event.Event, b event.MessageSent) wire.Message {
	m := envelope(on, e, b)
	m.Params = append(m.Params, b.Text)
	return m
}

// A sheet is what a message is written on: in one piece, because every message needs both.
type sheet struct {
	params [2]string // the text follows
	tags   [usualTags]wire.Tag
}

// envelope is a message without its text.
func envelope(on *sheet, e *event.Event, b event.MessageSent) wire.Message {
	if b.Relayer != "" { // whom the message is from has no account here
		relayed := *e
		relayed.Account, relayed.Bot, relayed.Oper = "", false, ""
		e = &relayed
	}
	on.params[0] = addressee(b)
	m := messageIn(on.tags[:0], e, b.Command, on.params[:1])
	if b.Shown != "" {
		m.Source = b.Shown
	}
	if b.Relayer != "" {
		m.Tags = append(m.Tags, wire.Tag{Key: "draft/relaymsg", Value: b.Relayer})
	}
	for _, t := range b.Tags {
		m.Tags = append(m.Tags, wire.Tag(t))
	}
	return m
}

// addressee is the target as clients read it, with the prefix of a STATUSMSG.
func addressee(b event.MessageSent) string {
	if b.Status != 0 {
		return string(rune(b.Status)) + b.Target
	}
	return b.Target
}

// batched is a message of several lines for clients that read such: the batch has
// the tags. Its reference is the msgid, which begins with a digit for some thousand
// years to come; the references that sessions make begin with a letter.
// https://ircv3.net/specs/extensions/multiline#batch-types
func batched(first wire.Message, ref string, lines []event.Line) []wire.Message {
	all := make([]wire.Message, 0, len(lines)+2)
	begin := wire.Message{Tags: first.Tags, Source: first.Source, Command: "BATCH", Params: []string{"+" + ref, "draft/multiline", first.Params[0]}}
	all = append(all, begin)
	in := wire.Tags{{Key: "batch", Value: ref}}
	concat := append(in[:1:1], wire.Tag{Key: "draft/multiline-concat"})
	for _, l := range lines {
		m := wire.Message{Tags: in, Source: first.Source, Command: first.Command, Params: []string{first.Params[0], l.Text}}
		if l.Concat {
			m.Tags = concat
		}
		all = append(all, m)
	}
	return append(all, wire.Message{Source: first.Source, Command: "BATCH", Params: []string{"-" + ref}})
}

// fallback is a message of several lines for clients that know nothing of such:
// they read no blank lines, and only the first line has the msgid.
// https://ircv3.net/specs/extensions/multiline#fallback
func fallback(first wire.Message, lines []event.Line) []wire.Message {
	all := make([]wire.Message, 0, len(lines))
	tags := first.Tags
	for _, l := range lines {
		if l.Text == "" {
			continue
		}
		m := wire.Message{Tags: tags, Source: first.Source, Command: first.Command, Params: []string{first.Params[0], l.Text}}
		if all = append(all, m); len(all) == 1 {
			tags = repeated(tags)
		}
	}
	return all
}

// maxRepeated is how many bytes of client-only tags every line has. More of them
// would make a small message a large one.
const maxRepeated = 512

// repeated returns those tags of a message that all its lines have.
func repeated(tags wire.Tags) wire.Tags {
	size := 0
	for _, t := range tags.ClientOnly() {
		size += len(t.Key) + len(t.Value)
	}
	rest := make(wire.Tags, 0, len(tags))
	for _, t := range tags {
		if t.Key != "msgid" && (!t.ClientOnly() || size <= maxRepeated) {
			rest = append(rest, t)
		}
	}
	return rest
}

// hasCTCP reports whether a message, or a line of it, is a CTCP other than ACTION.
func hasCTCP(b event.MessageSent) bool {
	if len(b.Lines) == 0 {
		return isCTCP(b.Text)
	}
	for _, l := range b.Lines {
		if isCTCP(l.Text) { // what clients without multiline read
			return true
		}
	}
	for text := range strings.SplitSeq(b.Whole(), "\n") {
		if isCTCP(text) {
			return true
		}
	}
	return false
}

func isCTCP(text string) bool {
	if text == "" || text[0] != '\x01' {
		return false
	}
	rest, ok := strings.CutPrefix(text, "\x01ACTION")
	return !ok || rest != "" && rest[0] != ' ' && rest[0] != '\x01'
}
