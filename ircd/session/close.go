package session

import (
	"time"

	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/wire"
)

// closeTimeout is how long Close waits for the client to read the rest.
const closeTimeout = 3 * time.Second

// Close queues last, if it is not nil, as a reply, ends the label, and closes
// the connection once the queue is written, or after 3 seconds. Nothing can be
// queued afterwards. It does not wait; Done does.
func (s *Session) Close(last *wire.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	if last != nil {
		s.replyMessage(last, s.Caps())
	}
	s.endLabel()
	if s.closed { // the last line was too much
		return
	}
	s.closed = true
	s.wakeRoom()
	s.expire = time.AfterFunc(closeTimeout, s.Drop)
	if !s.busy {
		s.schedule()
	}
}

// Drop closes the connection at once and forgets what is queued.
func (s *Session) Drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.die()
}

// Done is closed when the connection is.
func (s *Session) Done() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.done == nil {
		s.done = make(chan struct{})
		if s.gone {
			close(s.done)
		}
	}
	return s.done
}

// Wait waits until at most half of what may be queued is, and reports whether
// anything can be queued still. Handlers that make long answers call it between
// their parts, without holding locks, so that a client is not dropped for
// having asked.
func (s *Session) Wait() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.closed && s.size > s.max/2 {
		if s.room == nil {
			s.room = make(chan struct{})
		}
		room := s.room
		s.mu.Unlock()
		<-room
		s.mu.Lock()
	}
	return !s.closed
}

func (s *Session) wakeRoom() {
	if s.room != nil {
		close(s.room)
		s.room = nil
	}
}

// fail drops the session, and says why unless its owner has closed it before.
func (s *Session) fail(reason lang.Text) {
	tell := s.dropped
	if s.closed {
		tell = nil
	}
	s.closed = true
	s.dropped = nil
	if tell != nil {
		go tell(s, reason)
	}
	s.die()
}

// die closes the transport, on its own goroutine because that may wait: TLS and
// WebSocket say goodbye. A Prober does not: the flusher closes it itself, if it is at it.
func (s *Session) die() {
	if s.dead {
		return
	}
	s.dead = true
	s.label = nil
	s.forget()
	s.wakeRoom()
	if s.expire != nil {
		s.expire.Stop()
	}
	if s.flushing {
		s.dying = true
		return
	}
	go s.hangUp()
}

// hangUp closes the transport. The lock must not be held.
func (s *Session) hangUp() {
	s.transport.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gone = true
	if s.done != nil {
		close(s.done)
	}
}
