package dispatch

import (
	"sync"

	"github.com/parley-irc/parley/ircd/isupport"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/wire"
)

// A Greeting is what all clients read alike when they connect, made once for a
// configuration. It must not be modified.
type Greeting struct {
	MyInfo []string   // the parameters of RPL_MYINFO
	Tokens [][]string // those of RPL_ISUPPORT, by line

	mu    sync.RWMutex
	lines map[alike][]wire.Stencil
}

// An alike names lines that are the same for all who read them in a language.
type alike struct {
	name string
	in   *lang.Catalogue
}

// Greeting returns what all clients read when they connect.
func (s *Server) Greeting() *Greeting { return s.greeting.Load() }

func (s *Server) greet(tokens []string) {
	m := s.Network.World.Modes
	s.greeting.Store(&Greeting{
		MyInfo: []string{s.Name(), s.Version, s.Network.UserModes.Letters(), m.Letters(),
			m.Letters(modes.List, modes.Key, modes.Param, modes.Status)},
		Tokens: isupport.Lines(tokens),
		lines:  map[alike][]wire.Stencil{},
	})
}

// ReplyAlike sends replies that are the same for every client of a configuration but
// for nick and language. They are made when they are sent first, and known by the name.
func (r *Request) ReplyAlike(name string, replies func() []numerics.Reply) {
	r.Session.ReplyStencils(r.Name(), r.Server.Greeting().alike(r, name, replies))
}

func (g *Greeting) alike(r *Request, name string, replies func() []numerics.Reply) []wire.Stencil {
	key := alike{name, r.Session.Language()}
	g.mu.RLock()
	lines, ok := g.lines[key]
	g.mu.RUnlock()
	if ok {
		return lines
	}
	for _, reply := range replies() {
		m := r.Server.Network.Numeric("", reply)
		lines = append(lines, wire.NewStencil(&m, key.in))
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.lines[key] = lines
	return lines
}
