package session

import (
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/wire"
)

// ReplyNumeric queues a numeric reply of a server to the client of this nick. It makes
// no message that outlives it: long answers are hundreds of replies.
func (s *Session) ReplyNumeric(server, nick string, r *numerics.Reply) {
	var room [15]string // as many parameters as there can be
	last := r.Last()
	m := wire.Message{Source: server, Command: r.Command(), Params: append(append(room[:0], nick), r.Args...)}
	if last.Text != "" {
		m.Text = &last
	}
	s.ReplyMessage(&m)
}
