package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/parley-irc/parley/ircd/listener"
)

// A webSpec is what an HTTP server is opened with. One whose spec a rehash leaves alone
// stays open: all else its handler reads in the configuration when it is asked.
type webSpec struct {
	purpose string // for people: "metrics"
	address string
	handler func() http.Handler
	wrap    func(net.Listener) (net.Listener, error) // TLS; nil: none
	secure  bool
}

func (a webSpec) same(b webSpec) bool {
	return a.purpose == b.purpose && a.address == b.address && a.secure == b.secure
}

// A web is an HTTP server.
type web struct {
	webSpec
	ln      net.Listener
	server  *http.Server
	serving bool
}

// webs are the HTTP servers of this process.
type webs struct{ all []*web }

// prepared are the HTTP servers of another configuration: those that stay and those that
// are new, which answer nobody yet.
type prepared struct {
	all, fresh []*web
}

// discard closes those that are new.
func (p prepared) discard() {
	for _, w := range p.fresh {
		w.ln.Close()
	}
}

// prepare opens what is wanted and not there.
func (ws *webs) prepare(wanted []webSpec) (p prepared, err error) {
	for _, sp := range wanted {
		w := ws.find(sp)
		if w == nil {
			if w, err = openWeb(sp); err != nil {
				p.discard()
				return prepared{}, err
			}
			p.fresh = append(p.fresh, w)
		}
		p.all = append(p.all, w)
	}
	return p, nil
}

func (ws *webs) find(sp webSpec) *web {
	for _, w := range ws.all {
		if w.same(sp) {
			return w
		}
	}
	return nil
}

func openWeb(sp webSpec) (*web, error) {
	ln, err := listener.Open(sp.address)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", sp.purpose, explain(sp.address, err))
	}
	if sp.wrap != nil {
		secure, err := sp.wrap(ln)
		if err != nil {
			ln.Close()
			return nil, fmt.Errorf("%s: %w", sp.purpose, err)
		}
		ln = secure
	}
	return &web{webSpec: sp, ln: ln}, nil
}

// open opens the first ones.
func (ws *webs) open(wanted []webSpec) error {
	p, err := ws.prepare(wanted)
	if err != nil {
		return err
	}
	ws.adopt(p)
	return nil
}

// adopt closes those that are not wanted any more.
func (ws *webs) adopt(p prepared) {
	old := ws.all
	ws.all = p.all
	for _, w := range old {
		if ws.find(w.webSpec) != w {
			w.stop()
		}
	}
}

// serve lets them answer.
func (ws *webs) serve(log *slog.Logger) {
	for _, w := range ws.all {
		if w.serving {
			continue
		}
		w.serving = true
		w.server = &http.Server{
			Handler: w.handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
			ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		}
		log.Info("listening", "address", w.shown(), "for", w.purpose)
		go func() {
			if err := w.server.Serve(w.ln); !errors.Is(err, http.ErrServerClosed) {
				log.Error("an HTTP server has ended", "for", w.purpose, "error", err)
			}
		}()
	}
}

func (w *web) shown() string {
	if w.ln.Addr().Network() == "unix" {
		return w.address
	}
	return w.ln.Addr().String()
}

// lastAnswers is how long answers may take when a server stops.
const lastAnswers = time.Second

// stop closes the server, and lets the answers under way end.
func (w *web) stop() {
	if w.server == nil {
		w.ln.Close()
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), lastAnswers)
	defer cancel()
	if w.server.Shutdown(ctx) != nil {
		w.server.Close()
	}
}

func (ws *webs) close() {
	for _, w := range ws.all {
		w.stop()
	}
}

// Web returns where an HTTP server listens, "" if it does not.
func (s *Server) Web(purpose string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.webs.all {
		if w.purpose == purpose {
			return w.shown()
		}
	}
	return ""
}
