package session

import (
	"errors"
	"os"
	"runtime"
	"time"
)

// maxTurns is how many writes a session gets before the next one's turn.
const maxTurns = 4

// schedule asks for the queue to be written.
func (s *Session) schedule() {
	s.busy = true
	if s.shard == nil || !s.shard.push(s) {
		s.writeApart()
	}
}

// writeApart starts a goroutine that writes the queue.
func (s *Session) writeApart() {
	s.waiting = true
	go s.write()
}

// write writes the queue until it is empty. It waits for the client.
func (s *Session) write() {
	runtime.Gosched() // more may be about to be queued, and leave in the same write
	buf := buffers.Get().(*[bufferSize]byte)
	defer buffers.Put(buf)
	s.lockToWrite()
	defer s.mu.Unlock()
	for s.pending() {
		b := s.gather(buf[:])
		s.mu.Unlock()
		n, err := s.writeNow(b)
		s.mu.Lock()
		s.wrote(n, err)
	}
	s.waiting = false
	s.rest()
}

// writeNow writes b. Setting a deadline costs about as much as a short write,
// so it is not done for each: one is kept until it has come nearer than it may.
func (s *Session) writeNow(b []byte) (n int, err error) {
	if now := time.Now(); s.deadline.Sub(now) < s.timeout*3/4 {
		s.deadline = now.Add(s.timeout * 5 / 4)
		if err := s.transport.SetWriteDeadline(s.deadline); err != nil {
			return 0, err
		}
	}
	n, err = s.transport.Write(b)
	if s.prober != nil && err == nil { // else it would end a later TryWrite
		s.deadline = time.Time{}
		err = s.transport.SetWriteDeadline(s.deadline)
	}
	return n, err
}

// lockToWrite takes the lock when no Answer is under way, which is a short write.
func (s *Session) lockToWrite() {
	s.mu.Lock()
	for s.flushing {
		s.mu.Unlock()
		runtime.Gosched()
		s.mu.Lock()
	}
}

// flush writes the queue as far as that needs no waiting.
func (s *Session) flush(buf []byte) {
	s.lockToWrite()
	s.flushing = true
	s.flushNow(buf)
	s.flushed()
}

// flushed ends a flush, with the lock held.
func (s *Session) flushed() {
	s.flushing = false
	dying := s.dying
	s.dying = false
	s.mu.Unlock()
	if dying {
		s.hangUp()
	}
}

// Answer writes what is queued at once, if that needs no waiting, instead of when its turn
// has come: thousands of others may be before it.
func (s *Session) Answer() {
	buf := buffers.Get().(*[bufferSize]byte)
	defer buffers.Put(buf)
	s.mu.Lock()
	if s.prober == nil || s.flushing || s.waiting || !s.pending() {
		s.mu.Unlock()
		return
	}
	s.flushing = true
	// The flusher has been asked to write it and will find the rest, or nothing.
	b := s.gather(buf[:])
	s.mu.Unlock()
	n, err := s.prober.TryWrite(b)
	s.mu.Lock()
	s.wrote(n, err)
	s.flushed()
}

// flushNow is flush. The lock is held, but for the writes.
func (s *Session) flushNow(buf []byte) {
	for turn := 0; s.pending(); turn++ {
		if turn == maxTurns {
			s.schedule()
			return
		}
		b := s.gather(buf)
		s.mu.Unlock()
		n, err := s.prober.TryWrite(b)
		s.mu.Lock()
		s.wrote(n, err)
		if n < len(b) && !s.dead {
			s.writeApart()
			return
		}
	}
	s.rest()
}

// wrote records the result of a write.
func (s *Session) wrote(n int, err error) {
	if s.written != nil && n > 0 {
		s.written.Add(uint64(n))
	}
	switch {
	case s.dead: // meanwhile
		return
	case errors.Is(err, os.ErrDeadlineExceeded):
		s.fail(ReasonTimeout)
	case err != nil:
		s.fail(ReasonLost)
	default:
		s.consume(n)
		if s.room != nil && s.size <= s.max/2 {
			s.wakeRoom()
		}
	}
}

// rest ends the work of a writer.
func (s *Session) rest() {
	s.busy = false
	if s.closed && (s.stalled == 0 || s.empty()) {
		s.die()
	}
}
