package session

// Stall keeps back what is queued from now on, until Resume has been called as
// often as Stall. Who is told that something is done waits so until it is: the
// answer, and all that follows it, leaves when it is true.
func (s *Session) Stall() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stalled++
}

// Resume ends what Stall began.
func (s *Session) Resume() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stalled--; s.stalled == 0 {
		s.queued()
	}
}

// pending reports whether there is something to be written now.
func (s *Session) pending() bool { return !s.dead && s.stalled == 0 && !s.empty() }
