package event

import "strings"

// A Line is one line of a message of several.
// https://ircv3.net/specs/extensions/multiline
type Line struct {
	Text string
	// Concat means that the line continues the one before, without a line break.
	Concat bool
}

// Whole returns the text of a message, whose lines are separated by line feeds.
func (m MessageSent) Whole() string {
	if len(m.Lines) == 0 {
		return m.Text
	}
	return Join(m.Lines)
}

// Texts returns the text of each line as it was sent: one, unless the message has
// several.
func (m MessageSent) Texts() []string {
	if len(m.Lines) == 0 {
		return []string{m.Text}
	}
	texts := make([]string, len(m.Lines))
	for i, l := range m.Lines {
		texts[i] = l.Text
	}
	return texts
}

// Join returns lines as one text.
func Join(lines []Line) string {
	var b strings.Builder
	for i, l := range lines {
		if i > 0 && !l.Concat {
			b.WriteByte('\n')
		}
		b.WriteString(l.Text)
	}
	return b.String()
}

// Typing returns what the message says of its sender's typing ("active", "paused",
// "done"), and whether it is nothing but such a notification. That is of interest
// for some seconds: it is never kept in history, and nobody is notified of it.
// https://ircv3.net/specs/client-tags/typing
func (m MessageSent) Typing() (state string, ok bool) {
	if m.Command != "TAGMSG" {
		return "", false
	}
	for _, t := range m.Tags {
		if t.Key == "+typing" || t.Key == "+draft/typing" {
			return t.Value, true
		}
	}
	return "", false
}
