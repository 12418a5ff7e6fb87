package push

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// A target is a server on this machine that notes whoever connects.
type target struct {
	*httptest.Server
	connections, requests atomic.Int32
	port                  uint16
}

func newTarget(t *testing.T, h http.HandlerFunc) *target {
	x := &target{}
	x.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { x.requests.Add(1); h(w, r) }))
	x.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			x.connections.Add(1)
		}
	}
	x.StartTLS()
	t.Cleanup(x.Close)
	x.port = netip.MustParseAddrPort(x.Listener.Addr().String()).Port()
	return x
}

// clientFor returns a client of these rules that trusts the targets.
func clientFor(x *target, r Rules) *http.Client {
	s := &Service{}
	s.rules.Store(&r)
	c := s.newClient()
	roots := x509.NewCertPool()
	roots.AddCert(x.Certificate())
	c.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: roots, ServerName: "example.com"}
	return c
}

func post(c *http.Client, url string) (*http.Response, error) {
	r, err := http.NewRequest(http.MethodPost, url, strings.NewReader("x"))
	if err != nil {
		return nil, err
	}
	return c.Do(r)
}

func ok(http.ResponseWriter, *http.Request) {}

// TestDial: what counts is the address that is dialled, whatever name stands for it.
func TestDial(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	x := newTarget(t, ok)
	local := prefixes("127.0.0.0/8", "::1/128")
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0"} {
		_, err := post(clientFor(x, Rules{Ports: []uint16{x.port}}), "https://"+host+":"+portOf(x)+"/")
		if err == nil || host != "2130706433" && host != "0" && !errors.Is(err, ErrAddress) {
			t.Errorf("%s: %v", host, err)
		}
	}
	if _, err := post(clientFor(x, Rules{Ports: []uint16{443}, Private: local}), x.URL); !errors.Is(err, ErrAddress) {
		t.Errorf("another port: %v", err)
	}
	if n := x.connections.Load(); n > 0 {
		t.Fatalf("there were %d connections", n)
	}
	resp, err := post(clientFor(x, Rules{Ports: []uint16{x.port}, Private: local}), x.URL)
	if err != nil || resp.StatusCode != http.StatusOK || x.requests.Load() != 1 {
		t.Errorf("what is allowed: %v", err)
	}
	c := clientFor(x, Rules{Ports: []uint16{x.port}, Private: local})
	c.Transport.(*http.Transport).TLSClientConfig = nil
	if _, err := post(c, x.URL); err == nil || x.requests.Load() != 1 {
		t.Error("a certificate that nobody has signed is accepted")
	}
}

func portOf(x *target) string {
	_, port, _ := net.SplitHostPort(x.Listener.Addr().String())
	return port
}

// TestRedirect: nobody sends requests elsewhere.
func TestRedirect(t *testing.T) {
	second := newTarget(t, ok)
	for _, status := range []int{301, 302, 303, 307, 308} {
		first := newTarget(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, second.URL, status) })
		resp, err := post(clientFor(first, Rules{Ports: []uint16{first.port, second.port}, Private: prefixes("127.0.0.0/8")}), first.URL)
		if err != nil || resp.StatusCode != status {
			t.Errorf("%d: %v", status, err)
		}
	}
	if second.connections.Load() > 0 {
		t.Error("a redirection was followed")
	}
}

// TestLongAnswer: of an answer not much is read.
func TestLongAnswer(t *testing.T) {
	x := newTarget(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 64<<10)) })
	if _, err := post(clientFor(x, Rules{Ports: []uint16{x.port}, Private: prefixes("127.0.0.0/8")}), x.URL); err == nil {
		t.Error("a long header is read")
	}
}

// TestPatience: who does not answer is left after five seconds.
func TestPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Service{}
		s.rules.Store(&Rules{})
		c := s.newClient()
		ours, theirs := net.Pipe()
		defer theirs.Close()
		c.Transport.(*http.Transport).DialContext = func(context.Context, string, string) (net.Conn, error) { return ours, nil }
		begin := time.Now()
		_, err := post(c, "https://push.example/")
		if took := time.Since(begin); err == nil || took != patience {
			t.Errorf("after %v: %v", took, err)
		}
	})
}

func prefixes(list ...string) (all []netip.Prefix) {
	for _, s := range list {
		all = append(all, netip.MustParsePrefix(s))
	}
	return all
}
