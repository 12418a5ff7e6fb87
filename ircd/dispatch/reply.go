package dispatch

import (
	"errors"

	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/wire"
)

// Reply sends a numeric.
func (r *Request) Reply(n numerics.Reply) {
	m := r.Server.Network.Numeric(r.Name(), n)
	r.Session.ReplyMessage(&m)
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
	r.Send(kind, append(p, string(f.Text))...)
}

// Error sends what a command returned as an error.
func (r *Request) Error(err error) {
	var reply numerics.Reply
	var fail numerics.Fail
	var forward network.Forward
	switch {
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

// Notice sends a NOTICE from the server or, for a command of a service, from that. The
// verbs of the text are replaced by args; without any, the text is sent as it is.
func (r *Request) Notice(text lang.Text, args ...any) {
	s := text.With(args...)
	if r.service == nil {
		r.Send("NOTICE", r.Name(), s)
		return
	}
	r.Session.ReplyMessage(&wire.Message{Source: r.service.Source(), Command: "NOTICE", Params: []string{r.Name(), s}})
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
