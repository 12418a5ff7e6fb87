package server

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parley-irc/parley/ircd/httpapi"
	"github.com/parley-irc/parley/ircd/listener"
)

// TestPage: a browser sees what there is, without a token and without scripts.
func TestPage(t *testing.T) {
	a, _ := newAPIClient(t, "")
	a.token = ""
	status, h, text := a.ask("GET", "/", "")
	if kind := h.Get("Content-Type"); status != 200 || !strings.HasPrefix(kind, "text/html") || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Error(status, h)
	}
	for _, r := range httpapi.Routes() {
		contains(t, string(text), r.Path, string(r.Scope))
	}
	if strings.Contains(string(text), "<script") {
		t.Error("the page has a script")
	}
	if status, h, _ := a.ask("GET", "/openapi.json", ""); status != 200 || h.Get("Content-Type") != "application/json" {
		t.Error(status, h)
	}
}

// TestAPIOverTLS: with tls, the API shows the certificate of [tls], and after a rehash
// another one, while its address stays; nobody is answered without.
func TestAPIOverTLS(t *testing.T) {
	config, tokens := withAPI("")
	config = strings.Replace(config, "[api]\n", "[api]\ntls = true\n", 1)
	r := start(t, config)
	ask := func() (serial string, proto int) {
		t.Helper()
		c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}}
		defer c.CloseIdleConnections()
		q, _ := http.NewRequest("GET", "https://"+r.Web("API")+"/v1/status", nil)
		q.Header.Set("Authorization", "Bearer "+tokens["full"])
		answer, err := c.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if answer.StatusCode != 200 {
			t.Error(answer.Status)
		}
		return answer.TLS.PeerCertificates[0].SerialNumber.String(), answer.ProtoMajor
	}
	address := r.Web("API")
	first, proto := ask()
	if proto != 2 {
		t.Errorf("HTTP/%d is spoken", proto)
	}
	if answer, err := http.Get("http://" + address + "/"); err == nil {
		if answer.Body.Close(); answer.StatusCode != 400 {
			t.Error("somebody is answered without TLS")
		}
	}
	if err := makeSelfSigned(listener.Pair{Cert: filepath.Join(r.dir, "a.crt"), Key: filepath.Join(r.dir, "a.key")}, "irc.tea.example"); err != nil {
		t.Fatal(err)
	}
	r.configure(config + "[tls]\ncert = \"a.crt\"\nkey = \"a.key\"\n")
	r.rehash()
	if second, _ := ask(); second == first || r.Web("API") != address {
		t.Error("the certificate stays after a rehash, or the address does not")
	}
	r.configure(config + "[tls]\ncert = \"b.crt\"\nkey = \"a.key\"\n")
	if _, err := r.Rehash(); err == nil {
		t.Error("a certificate that is not there does")
	}
	ask()
}

// TestBounded: an HTTP server has so many connections, and goes on when one leaves.
func TestBounded(t *testing.T) {
	r := start(t, "[[listener]]\naddress = \"127.0.0.1:0\"\n[monitoring]\nenabled = true\nlisten = \"127.0.0.3:0\"\n")
	var all []net.Conn
	for range mostWebs {
		c, err := net.Dial("tcp", r.Web("metrics"))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		all = append(all, c)
	}
	// What it accepted last has been answered, so that the next one has to wait.
	last := all[len(all)-1]
	fmt.Fprint(last, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
	if line, err := bufio.NewReader(last).ReadString('\n'); err != nil || !strings.Contains(line, "200") {
		t.Fatal(line, err)
	}
	answered := make(chan error, 1)
	go func() {
		answer, err := http.Get("http://" + r.Web("metrics") + "/healthz")
		if err == nil {
			answer.Body.Close()
		}
		answered <- err
	}()
	all[0].Close()
	if err := <-answered; err != nil {
		t.Error(err)
	}
}
