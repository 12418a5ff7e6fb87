// Package httpapi lets programs do what operators do, by HTTP and JSON.
//
// Everything that can be asked for is a row of a table (Routes): the method and path,
// the scope that a token needs, what goes in and comes out as Go types. The checks, the
// OpenAPI document, the page for people and the reference are made from the rows. What
// is done is done by the same functions as the commands of operators, and goes to the
// same trail.
//
// Texts here are for programs and those who write them, and are not translated.
package httpapi

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/lang"
)

// Options are what the API works on.
type Options struct {
	Core *dispatch.Server
	Log  *slog.Logger
	// Rehash reads the configuration again.
	Rehash func() ([]lang.Phrase, error)
	// Check returns what is wrong with the text of a configuration or, if it is "", with
	// the file that the server would read.
	Check func(text string) config.Problems
	// Backup writes all that the server keeps: "records", "history", or both if it is "".
	Backup func(ctx context.Context, what string, w io.Writer) error
	// Stop stops the server.
	Stop func(reason string)
	// Facts are what the dispatcher does not know of the server.
	Facts func() Facts
	// History is what was said; nil: nothing is kept.
	History history.Log
	// Bus tells what happens.
	Bus *Bus
}

// Facts are what the dispatcher does not know of the server.
type Facts struct {
	Listeners []Listening
	Writable  bool
	History   *history.Stats // nil: none is kept
}

// An API answers requests.
type API struct {
	Options
	guard  guard
	doc    []byte
	page   []byte
	events streams
}

// New returns an API.
func New(o Options) *API { return &API{Options: o, doc: OpenAPI(), page: page()} }

// Close ends the streams of events.
func (a *API) Close() { a.events.close() }

// Handler returns what answers the requests.
func (a *API) Handler() http.Handler {
	m := http.NewServeMux()
	for _, r := range Routes() {
		m.Handle(r.Method+" "+r.Path, a.serve(&r))
	}
	m.HandleFunc("GET /{$}", fixed("text/html; charset=utf-8", a.page))
	m.HandleFunc("GET /openapi.json", fixed("application/json", a.doc))
	return a.outermost(m)
}

// fixed answers with what is always the same.
func fixed(kind string, text []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Write(text)
	}
}

// outermost sets what all answers have in common, and makes problems of what the
// standard library would say as text.
func (a *API) outermost(m *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
		if _, pattern := m.Handler(r); pattern == "" {
			a.nowhere(w, r, m)
			return
		}
		m.ServeHTTP(w, r)
	})
}

// nowhere answers for a path that is none, or has other methods.
func (a *API) nowhere(w http.ResponseWriter, r *http.Request, m *http.ServeMux) {
	var allowed []string
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		probe := r.Clone(r.Context())
		probe.Method = method
		if _, pattern := m.Handler(probe); pattern != "" && method != r.Method {
			allowed = append(allowed, method)
		}
	}
	if allowed == nil {
		write(w, r, NotFound.Because("There is no %s here; / lists what there is.", r.URL.Path))
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	write(w, r, NotAllowed.Because("This path has no %s.", r.Method))
}

// now returns the time.
func (a *API) now() time.Time { return a.Core.Now() }
