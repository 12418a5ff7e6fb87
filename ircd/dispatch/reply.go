package dispatch

import (
	"context"
	"errors"
	"strings"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/wire"
)

// Reply sends a numeric.
func (r *Request) Reply(n numerics.Reply) {
	r.Session.ReplyNumeric(r.Server.Name(), r.Name(), &n)
}

// Fail sends a FAIL standard reply.
// https://ircv3.net/specs/extensions/standard-replies
func (r *Request) Fail(f numerics.Fail) {
	r.standard("FAIL", f)
}

// Warn sends a WARN standard reply.
func (r *Request) Warn(f numerics.Fail) { r.standard("WARN", f) }

// Note sends a NOTE standard reply.
func (r *Request) Note(f numerics.Fail) { r.standard("NOTE", f) }

func (r *Request) standard(kind string, f numerics.Fail) {
	command := f.Command
	if command == "" {
		command = r.Message.Command
	}
	p := append([]string{command, f.Code}, f.Context...)
	said := f.Said()
	r.Session.ReplyMessage(&wire.Message{Source: r.Server.Name(), Command: kind, Params: p, Text: &said})
}

// Error sends what a command returned as an error.
func (r *Request) Error(err error) {
	var reply numerics.Reply
	var fail numerics.Fail
	var forward network.Forward
	switch {
	case errors.Is(err, network.ErrUnheard), errors.Is(err, context.Canceled): // the client leaves, and reads no more
	case errors.As(err, &forward):
		r.Reply(forward.Reply)
	case errors.As(err, &reply):
		r.Reply(reply)
	case errors.As(err, &fail):
		r.Fail(fail)
	default:
		r.Server.Log.Error("command failed", "command", r.Message.Command, "error", err)
		r.Fail(numerics.InternalError)
	}
}

// Send sends a message from the server.
func (r *Request) Send(command string, params ...string) {
	r.Session.ReplyMessage(&wire.Message{Source: r.Server.Name(), Command: command, Params: params})
}

// Say sends a message from the server whose last parameter is a text.
func (r *Request) Say(command string, params []string, text lang.Text, words ...any) {
	said := text.With(words...)
	r.Session.ReplyMessage(&wire.Message{Source: r.Server.Name(), Command: command, Params: params, Text: &said})
}

// Notice sends a NOTICE from the server or, for a command of a service, from that. A
// text that is too long for a line is sent in several.
func (r *Request) Notice(text lang.Text, words ...any) {
	source := r.Server.Name()
	if r.service != nil {
		source = r.service.Source()
	}
	name := r.Name()
	room := wire.MaxBody - len(":  NOTICE  :\r\n") - len(source) - len(name)
	for _, line := range r.Lines(text.With(words...), room) {
		r.Session.ReplyMessage(&wire.Message{Source: source, Command: "NOTICE", Params: []string{name, line}})
	}
}

// Lines returns a text in the client's language, in lines of at most room bytes, which
// it is divided into between words if it can be.
func (r *Request) Lines(p lang.Phrase, room int) (lines []string) {
	text := p.In(r.Session.Language())
	for len(text) > room {
		line := casemap.Truncate(text, room)
		if i := strings.LastIndexByte(line, ' '); i > room/2 {
			line = line[:i]
		}
		lines, text = append(lines, line), strings.TrimLeft(text[len(line):], " ")
	}
	return append(lines, text)
}

// PushText is Push for a message whose last parameter is a text.
func (c *Conn) PushText(command string, params []string, text lang.Text, words ...any) {
	said := text.With(words...)
	c.Session.SendMessage(&wire.Message{Source: c.Server.Name(), Command: command, Params: params, Text: &said})
}

// Push sends the client a message that is not an answer to its request. Any
// goroutine may call it.
func (c *Conn) Push(command string, params ...string) {
	c.Session.SendMessage(&wire.Message{Source: c.Server.Name(), Command: command, Params: params})
}

// FromMe sends a message whose source is the client's own user.
func (r *Request) FromMe(command string, params ...string) {
	r.Session.ReplyMessage(&wire.Message{Source: r.User.Source(), Command: command, Params: params})
}
