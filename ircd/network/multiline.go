package network

import (
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/wire"
)

// rewrite changes the text of a message by f. Of a message of several lines, f is
// given each line as it reads put together, so that nothing hides in a place where
// it was split; lines that f leaves alone stay as they were sent.
func rewrite(b *event.MessageSent, f func(text string) string) {
	if len(b.Lines) == 0 {
		b.Text = f(b.Text)
		return
	}
	lines := make([]event.Line, 0, len(b.Lines))
	for rest := b.Lines; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].Concat {
			n++
		}
		text := event.Join(rest[:n])
		if changed := f(text); changed != text {
			lines = append(lines, event.Line{Text: changed})
		} else {
			lines = append(lines, rest[:n]...)
		}
		rest = rest[n:]
	}
	b.Lines = lines
}

// fit splits the lines of a message that would be cut, because the source and the
// target that are added to them are long.
func fit(by Actor, b *event.MessageSent) {
	if len(b.Lines) > 0 {
		fitTo(by.Source(), b)
	}
}

func fitTo(source string, b *event.MessageSent) {
	room := lineRoom(source, *b)
	lines := make([]event.Line, 0, len(b.Lines))
	for _, l := range b.Lines {
		for i, piece := range wire.Split(l.Text, room) {
			lines = append(lines, event.Line{Text: piece, Concat: l.Concat || i > 0})
		}
	}
	b.Lines = lines
}

// lineRoom is how many bytes a line of a message may have, so that it is not cut.
func lineRoom(source string, b event.MessageSent) int {
	if b.Shown != "" {
		source = b.Shown
	}
	return wire.Room(source, b.Command, addressee(b))
}
