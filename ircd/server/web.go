package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/listener"
)

// A webSpec is what an HTTP server is opened with. One whose spec a rehash leaves alone
// stays open: all else its handler reads in the configuration when it is asked.
type webSpec struct {
	purpose string // for people: "metrics"
	address string
	handler func() http.Handler
	secure  bool
	// load reads the certificates, as a configuration names them, and wrap makes the
	// listener speak TLS with them; both are nil without TLS.
	load func(to *listener.Certificates, c *config.Config) error
	wrap func(net.Listener, *listener.Certificates) net.Listener
	// ends, unless it is nil, ends the answers that would never end.
	ends func()
}

func (a webSpec) same(b webSpec) bool {
	return a.purpose == b.purpose && a.address == b.address && a.secure == b.secure
}

// A web is an HTTP server.
type web struct {
	webSpec
	ln      net.Listener
	certs   listener.Certificates
	server  *http.Server
	serving bool
}

// webs are the HTTP servers of this process.
type webs struct {
	all     []*web
	leaving sync.WaitGroup // those that are being closed
}

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
func (ws *webs) prepare(wanted []webSpec, c *config.Config) (p prepared, err error) {
	for _, sp := range wanted {
		w := ws.find(sp)
		if w == nil {
			if w, err = openWeb(sp, c); err != nil {
				p.discard()
				return prepared{}, err
			}
			p.fresh = append(p.fresh, w)
		} else if w.load != nil {
			// One that cannot be read has the former ones in use, and is an error for the
			// listeners of clients, too, which are asked next.
			if err := w.load(&w.certs, c); err != nil {
				p.discard()
				return prepared{}, fmt.Errorf("%s: %w", sp.purpose, err)
			}
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

func openWeb(sp webSpec, c *config.Config) (*web, error) {
	w := &web{webSpec: sp}
	if sp.load != nil {
		if err := sp.load(&w.certs, c); err != nil {
			return nil, fmt.Errorf("%s: %w", sp.purpose, err)
		}
	}
	var err error
	if w.ln, err = listener.Open(sp.address); err != nil {
		return nil, fmt.Errorf("%s: %w", sp.purpose, explain(sp.address, err))
	}
	w.ln = newBounded(w.ln)
	if sp.wrap != nil {
		w.ln = sp.wrap(w.ln, &w.certs)
	}
	return w, nil
}

// renew reads the certificates again, as a configuration names them.
func (ws *webs) renew(c *config.Config) (err error) {
	for _, w := range ws.all {
		if w.load != nil {
			err = errors.Join(err, w.load(&w.certs, c))
		}
	}
	return err
}

// open opens the first ones.
func (ws *webs) open(wanted []webSpec, c *config.Config) error {
	p, err := ws.prepare(wanted, c)
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
			ws.leaving.Go(w.stop) // it may be what answers just now
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
	if w.ends != nil {
		w.ends()
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
	ws.leaving.Wait()
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
