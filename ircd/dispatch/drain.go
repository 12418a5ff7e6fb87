package dispatch

import (
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/numerics"
)

// drainage is how the clients of a server are sent away before it stops.
type drainage struct {
	mu    sync.Mutex
	begun time.Time // zero: nobody is sent away
	end   time.Time
	most  int   // clients there were
	last  *Conn // of who wanted it: it goes last
}

// notBefore is how long clients are told before the first one is disconnected.
const notBefore = 5 * time.Second

// Drain refuses new clients, and sends those away who are connected within a time: that
// of by last.
func (s *Server) Drain(by *Conn, within time.Duration, reason string) {
	s.Network.Drain(reason)
	for _, c := range s.Conns() {
		if c.Online() != nil {
			c.PushText("NOTICE", []string{c.Online().Nick()}, "This server will be stopped: %s. Connect again, and you are on another server; if you do not, you will be disconnected within %v.", reason, within)
		}
	}
	n, _, _ := s.Counts()
	d := &s.drainage
	d.mu.Lock()
	defer d.mu.Unlock()
	now := time.Now()
	d.begun, d.end, d.most, d.last = now.Add(min(notBefore, within/2)), now.Add(within), n, by
}

// EndDrain lets clients connect again.
func (s *Server) EndDrain() {
	if s.Network.Draining() == "" {
		return
	}
	s.Network.Drain("")
	s.drainage.mu.Lock()
	s.drainage.begun = time.Time{}
	s.drainage.mu.Unlock()
	for _, c := range s.Conns() {
		if c.Online() != nil {
			c.PushText("NOTICE", []string{c.Online().Nick()}, "This server will not be stopped after all. You can stay.")
		}
	}
}

// drain disconnects as many clients as it is time for.
func (s *Server) drain(now time.Time) {
	d := &s.drainage
	d.mu.Lock()
	begun, end, most, last := d.begun, d.end, d.most, d.last
	d.mu.Unlock()
	if begun.IsZero() || now.Before(begun) {
		return
	}
	stay := 0
	if now.Before(end) {
		stay = int(float64(most) * float64(end.Sub(now)) / float64(end.Sub(begun)))
	}
	var online []*Conn
	for _, c := range s.Conns() {
		if c.Online() != nil && c != last {
			online = append(online, c)
		}
	}
	if last != nil && !now.Before(end) {
		online = append(online, last)
	}
	reason := s.Network.Draining()
	for _, c := range online[:max(len(online)-stay, 0)] {
		c.End("This server will be stopped: %s. Connect again, and you are on another server.", reason)
	}
}

// Refused reports whether the server takes no new clients, and tells this one where it
// may go instead.
func (c *Conn) Refused() (reason string, refused bool) {
	if reason = c.Server.Network.Draining(); reason == "" {
		return "", false
	}
	for _, s := range c.Server.Network.Sites() {
		if s.InStep && !s.Here && s.Draining == "" {
			m := c.Server.Network.Numeric(c.Name(), numerics.Bounce.With(s.Name, "6697"))
			c.Session.ReplyMessage(&m)
		}
	}
	return reason, true
}
