package session

import "github.com/parley-irc/parley/ircd/wire"

// ReplyStencils queues replies that are filled in with the client's nick.
func (s *Session) ReplyStencils(nick string, lines []wire.Stencil) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, line := range lines {
		switch {
		case s.closed:
			return
		case s.label != nil:
			s.reply(line.Append(nil, nick))
		default:
			s.appendStencil(line, nick)
			s.queued()
		}
	}
}
