package commands

import (
	"strconv"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/wire"
)

// A multiline is a message of several lines on its way in.
// https://ircv3.net/specs/extensions/multiline
type multiline struct {
	mapping            casemap.Mapping
	maxBytes, maxLines int
	message            event.MessageSent
	bytes              int
	text               bool // not all lines are blank
}

// mayMultiline reports whether the client may send messages of several lines.
func mayMultiline(r *dispatch.Request) bool {
	return r.User != nil && r.Session.Caps().HasAll(caps.Of(caps.Multiline, caps.Batch)) && r.Server.Config().Limits.MultilineLines > 0
}

func openMultiline(r *dispatch.Request, ref string) (*dispatch.Batch, error) {
	limits := r.Server.Config().Limits
	m := &multiline{
		mapping:  r.Server.Network.World.Mapping,
		maxBytes: int(limits.MultilineBytes),
		maxLines: limits.MultilineLines,
		message:  event.MessageSent{Target: r.Param(2), Tags: clientTags(r)},
	}
	if m.message.Target == "" {
		return nil, numerics.MultilineInvalid.Because("The batch needs a target: BATCH +reference draft/multiline <target>.")
	}
	return &dispatch.Batch{Ref: ref, Add: m.add, Run: m.run}, nil
}

// add adds a line. The error refuses the whole message.
func (m *multiline) add(line *wire.Message) error {
	concat, err := isConcat(line.Tags)
	b := &m.message
	switch {
	case err != nil:
		return err
	case line.Command != "PRIVMSG" && line.Command != "NOTICE":
		return numerics.MultilineInvalid.Because("A message has only PRIVMSG or only NOTICE in its batch.")
	case b.Command != "" && b.Command != line.Command:
		return numerics.MultilineInvalid.Because("PRIVMSG and NOTICE cannot be lines of one message.")
	case len(line.Params) < 2:
		return numerics.MultilineInvalid.Because("A line needs a target and a text, which may be blank.")
	case !m.mapping.Equal(line.Params[0], b.Target):
		return numerics.MultilineTarget.With(word(b.Target), word(line.Params[0]))
	}
	b.Command = line.Command
	return m.addText(line.Params[1], concat)
}

func (m *multiline) addText(text string, concat bool) error {
	b := &m.message
	if concat && text == "" {
		return numerics.MultilineInvalid.Because("A blank line cannot continue the one before it.")
	}
	concat = concat && len(b.Lines) > 0
	m.bytes += len(text)
	if !concat && len(b.Lines) > 0 {
		m.bytes++ // the line feed between them
	}
	switch {
	case len(b.Lines) >= m.maxLines:
		return numerics.MultilineLines.With(strconv.Itoa(m.maxLines))
	case m.bytes > m.maxBytes:
		return numerics.MultilineBytes.With(strconv.Itoa(m.maxBytes))
	}
	b.Lines = append(b.Lines, event.Line{Text: text, Concat: concat})
	m.text = m.text || text != ""
	return nil
}

// isConcat reports whether a line continues the one before. Its other tags belong
// to the whole message, and therefore to the BATCH that begins it.
func isConcat(tags wire.Tags) (concat bool, err error) {
	for _, t := range tags {
		switch t.Key {
		case "batch":
		case "draft/multiline-concat":
			concat = true
		default:
			return false, numerics.MultilineInvalid.Because("The tags of a message belong to the BATCH that begins it, not to its lines.")
		}
	}
	return concat, nil
}

// run sends the message.
func (m *multiline) run(r *dispatch.Request) error {
	if !m.text {
		return numerics.MultilineInvalid.Because("All lines of this message are blank.")
	}
	return quietly(m.message, send(r, m.message.Target, m.message))
}
