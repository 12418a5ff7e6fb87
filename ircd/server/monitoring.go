package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/metrics"
	"github.com/parley-irc/parley/ircd/store"
)

// webSpecs are the HTTP servers that a configuration asks for.
func (s *Server) webSpecs(c *config.Config) (all []webSpec) {
	if m := c.Monitoring; m.Enabled {
		all = append(all, webSpec{purpose: "metrics", address: m.Listen, handler: s.monitor})
	}
	if c.API.Enabled {
		all = append(all, s.apiSpec(c))
	}
	if a := c.TLS.ACME; a.Enabled && a.HTTPListen != "" {
		all = append(all, s.acmeSpec(c))
	}
	return all
}

// monitor answers Prometheus, and whoever asks how the server does.
func (s *Server) monitor() http.Handler {
	m := http.NewServeMux()
	m.Handle("GET /metrics", metrics.Handler(s.figures()))
	m.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) { s.answerChecks(w, r, vital) })
	m.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) { s.answerChecks(w, r, readiness) })
	m.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "/metrics for Prometheus\n/healthz is 200 while the server works\n/readyz is 200 while it wants clients")
	})
	m.Handle("/debug/pprof/", s.profiles())
	return m
}

// A check looks at one thing that has to be well.
type check struct {
	name string
	look func(s *Server, ctx context.Context) error
}

// vital are the checks of /healthz: if one fails, only a restart helps.
var vital = []check{
	{"state", (*Server).checkState},
	{"records", (*Server).checkRecords},
}

// readiness are those of /readyz: while one fails, clients should go elsewhere.
var readiness = append([]check{
	{"running", func(s *Server, _ context.Context) error {
		if s.ctx.Err() != nil {
			return errors.New("the server is stopping")
		}
		return nil
	}},
	{"draining", func(s *Server, _ context.Context) error {
		if reason := s.Core.Network.Draining(); reason != "" {
			return errors.New("clients are sent away: " + reason)
		}
		return nil
	}},
	{"writing", func(s *Server, _ context.Context) error {
		if !s.own.Writable() {
			return errors.New("records cannot be written")
		}
		if s.history != nil && s.history.Stats().Degraded {
			return errors.New("the history cannot be written")
		}
		return nil
	}},
}, vital...)

// checkFor is how long a check may take.
const checkFor = 3 * time.Second

// answerChecks is 200 if all is well, else 503 with what is not, a line each.
func (s *Server) answerChecks(w http.ResponseWriter, r *http.Request, checks []check) {
	ctx, cancel := context.WithTimeout(r.Context(), checkFor)
	defer cancel()
	var b strings.Builder
	status := http.StatusOK
	for _, c := range checks {
		if err := c.look(s, ctx); err != nil {
			status = http.StatusServiceUnavailable
			fmt.Fprintf(&b, "%s: %v\n", c.name, err)
			continue
		}
		fmt.Fprintf(&b, "%s: ok\n", c.name)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	fmt.Fprint(w, b.String())
}

var errLocked = errors.New("the state of the network cannot be read: a lock is held too long")

// A prober waits for what may never come, in one goroutine whoever asks.
type prober struct {
	mu      sync.Mutex
	waiting chan struct{} // closed when it has come
}

// checkState fails when the locks of the state are not given back.
func (s *Server) checkState(ctx context.Context) error {
	p := &s.prober
	p.mu.Lock()
	done := p.waiting
	if done == nil {
		done = make(chan struct{})
		p.waiting = done
		go func() {
			s.Core.Network.World.Counts()
			s.Core.Counts()
			p.mu.Lock()
			p.waiting = nil
			p.mu.Unlock()
			close(done)
		}()
	}
	p.mu.Unlock()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return errLocked
	}
}

// checkRecords fails when records cannot be read.
func (s *Server) checkRecords(ctx context.Context) error {
	_, err := s.store.Get(ctx, store.Settings, "server-id "+s.config.Server.Name)
	return err
}
