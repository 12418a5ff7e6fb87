package dispatch

import (
	"errors"
	"net/netip"
	"sync"
	"time"
)

// A wave is many refused clients at a time.
type wave struct {
	mu     sync.Mutex
	second int64
	count  int
}

// mostTold is how many clients that are banned may perform a handshake each second, so
// that they can be told why they cannot stay.
const mostTold = 20

// rises counts one, and reports whether there are too many.
func (w *wave) rises(now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if second := now.Unix(); second != w.second {
		w.second, w.count = second, 0
	}
	w.count++
	return w.count > mostTold
}

// door refuses a client of whom nothing is known but the address and the certificate.
func (c *Conn) door() *Quit {
	s := c.Server
	if s.Bans == nil || s.Bans.Empty() {
		return nil
	}
	if b := s.Bans.Address(c.Addr(), s.Now()); b != nil {
		m := s.Network.Numeric("*", s.banned(b))
		c.Session.SendMessage(&m)
		s.met(b, "*", c.RealAddr())
		return &Quit{Reason: "Banned: %s", Words: []any{ReasonOf(b)}}
	}
	return nil
}

// Door returns why nobody from an address is let in, or nil. Those who are to speak TLS
// can be told only after the handshake: they are let in as far as that, unless there are
// many of them.
func (s *Server) Door(addr netip.Addr, secure bool) error {
	if s.shutFor(addr, secure) {
		return errors.New(shut.String())
	}
	if s.Bans == nil {
		return nil
	}
	b := s.Bans.Address(addr, s.Now())
	if b == nil || secure && !s.guard.wave.rises(time.Now()) {
		return nil
	}
	s.met(b, "*", addr.Unmap().String())
	return errors.New(s.banned(b).Last().String())
}

// AtDoor refuses a client whose address has turned out to be another one.
func (r *Request) AtDoor() error {
	if q := r.door(); q != nil {
		return *q
	}
	return nil
}
