package server

import (
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-irc/parley/ircd/metrics"
)

// refusals count the connections that were refused for their address.
type refusals struct{ banned, limited atomic.Uint64 }

// rehashes are how the configuration was read again.
type rehashes struct {
	mu   sync.Mutex
	last metrics.Rehash
}

func (r *rehashes) begin(now time.Time) { r.last = metrics.Rehash{OK: true, At: now} }

func (r *rehashes) note(err error, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last.OK = err == nil; r.last.OK {
		r.last.Done++
		r.last.At = now
		return
	}
	r.last.Failed++
}

func (r *rehashes) get() metrics.Rehash {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

// figures are where metrics are read.
func (s *Server) figures() *metrics.Source {
	f := &metrics.Source{
		Core: s.Core, Mail: s.mailer.Counts, Store: s.storeFigures, Listeners: s.listenerFigures, Rehash: s.rehashes.get, ACME: s.acme.Counts, Members: s.members,
		Refused: func() map[string]uint64 {
			return map[string]uint64{"banned": s.refused.banned.Load(), "limit": s.refused.limited.Load()}
		},
	}
	if s.history != nil {
		f.History = s.history.Stats
	}
	if s.push != nil {
		f.Push = s.push.Counts
	}
	return f
}

func (s *Server) storeFigures() (bytes int64, writable bool) {
	if info, err := os.Stat(s.folder.file(storeName)); err == nil {
		bytes = info.Size()
	}
	return bytes, s.own.Writable()
}

func (s *Server) listenerFigures() (all []metrics.Listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.sockets {
		accepted, failed := k.ln.Counts()
		all = append(all, metrics.Listener{Address: k.shown(), Accepted: accepted, Failed: failed, Expires: k.certs.Expires()})
	}
	return all
}

// members returns how many servers the network has, and how many can be reached.
func (s *Server) members() (all, reached int) {
	if s.linked == nil {
		return 1, 1
	}
	members, err := s.linked.Members()
	if err != nil {
		return 1, 1 // it is stopping
	}
	delete(members, s.Core.Name())
	for _, p := range s.linked.Node().Peers() {
		if _, member := members[p.Name]; member && p.Up {
			reached++
		}
	}
	return len(members) + 1, reached + 1
}
