package bearer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/outbound"
)

const (
	maxAnswer = 64 << 10         // bytes
	pause     = 10 * time.Second // between requests for the same
)

// errOften means that the same was asked for a moment ago, and answered.
var errOften = errors.New("asked for a moment ago")

// guarded makes requests to an issuer, whose answers have a bound. What is asked for by
// GET is asked for once in a while only: whoever makes up tokens must not make us a
// nuisance.
type guarded struct {
	client *http.Client
	next   http.RoundTripper
	mu     sync.Mutex // nothing waits under it
	asked  map[string]asked
}

type asked struct {
	at  time.Time
	err error
}

func newGuarded(private bool, timeout time.Duration) *guarded {
	g := &guarded{client: outbound.Client(private, timeout), asked: map[string]asked{}}
	g.next, g.client.Transport = g.client.Transport, g
	return g
}

// RoundTrip implements http.RoundTripper.
func (g *guarded) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodGet {
		return g.ask(r)
	}
	url := r.URL.String()
	if err := g.begin(url); err != nil {
		return nil, err
	}
	res, err := g.ask(r)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked[url] = asked{time.Now(), err}
	return res, err
}

// begin returns why a request is not made, or nil.
func (g *guarded) begin(url string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	last, known := g.asked[url]
	switch {
	case !known || time.Since(last.at) >= pause:
		g.asked[url] = asked{time.Now(), nil}
		return nil
	case last.err != nil:
		return last.err
	}
	return errOften
}

// ask returns an answer that has been read, and is JSON: whatever else there is would be
// taken for a token that is wrong.
func (g *guarded) ask(r *http.Request) (*http.Response, error) {
	res, err := g.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, err
	case res.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("the answer is %s", res.Status)
	case len(body) > maxAnswer || !json.Valid(body):
		return nil, errors.New("the answer is too long, or no JSON")
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, nil
}

// CloseIdleConnections lets the client close those of the transport.
func (g *guarded) CloseIdleConnections() {
	if t, ok := g.next.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}
