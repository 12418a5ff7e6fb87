package server

import (
	"os"

	"github.com/parley-irc/parley/ircd/lang"
)

// Restart makes Run return, as Stop does, but leaves the sockets open for the program
// that replaces this one: see Handed. A configuration that this could not start with is
// an error, and nothing happens.
func (s *Server) Restart(reason lang.Text, words ...any) error {
	if _, err := Load(s.options.Config, s.options.Env); err != nil {
		return err
	}
	s.mu.Lock()
	s.restarting = true
	s.mu.Unlock()
	s.Stop(reason, words...)
	return nil
}

// handOver keeps the sockets open when the server is to be replaced. It is called under
// the lock of a rehash, before they are closed.
func (s *Server) handOver() {
	if !s.restarting {
		return
	}
	s.handed = map[string]*os.File{}
	for _, k := range s.sockets {
		f, err := k.ln.Handover()
		if err != nil {
			s.Log.Error("a socket cannot be handed over", "listener", k.Address, "error", err)
			continue
		}
		s.handed[k.Address] = f
	}
}

// Handed returns, after Run, the sockets for the program that replaces this one, by the
// address of the configuration; nil if there is to be none.
func (s *Server) Handed() map[string]*os.File { return s.handed }

// inherited returns the socket that an earlier program has handed over for an address,
// or nil.
func (s *Server) inherited(address string) *os.File {
	f := s.options.Sockets[address]
	delete(s.options.Sockets, address)
	return f
}

// closeInherited closes the sockets for which there is no listener any more.
func (s *Server) closeInherited() {
	for address, f := range s.options.Sockets {
		f.Close()
		delete(s.options.Sockets, address)
	}
}
