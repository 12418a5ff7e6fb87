package outbound

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"
)

func TestPublic(t *testing.T) {
	for addr, want := range map[string]bool{
		"8.8.8.8": true, "2606:4700::1111": true, "::ffff:8.8.8.8": true, "1.1.1.1": true,
		"127.0.0.1": false, "::1": false, "::": false, "0.0.0.0": false, "0.1.2.3": false,
		"10.1.2.3": false, "172.16.0.1": false, "192.168.0.1": false, "fd00::1": false,
		"169.254.169.254": false, "fe80::1": false, "100.64.0.1": false, "198.18.0.1": false,
		"192.0.2.1": false, "203.0.113.5": false, "224.0.0.1": false, "255.255.255.255": false, "240.0.0.1": false,
		"::ffff:127.0.0.1": false, "::ffff:169.254.169.254": false, "64:ff9b::7f00:1": false,
		"2001:db8::1": false, "2002:7f00:1::": false, "ff02::1": false, "2001::1": false,
	} {
		if got := Public(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s: %v", addr, got)
		}
	}
	if Public(netip.Addr{}) {
		t.Error("no address is public")
	}
}

// TestDial tests that the address decides, not the name.
func TestDial(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	ctx := context.Background()
	for _, host := range []string{"127.0.0.1", "localhost", "0.0.0.0"} {
		conn, err := Dialer(false, time.Second).DialContext(ctx, "tcp", net.JoinHostPort(host, port))
		if !errors.Is(err, ErrPrivate) {
			t.Errorf("%s: %v", host, err)
		}
		if err == nil {
			conn.Close()
		}
	}
	conn, err := Dialer(true, time.Second).DialContext(ctx, "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
}

func TestClient(t *testing.T) {
	hits := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hits++
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	}))
	defer s.Close()
	t.Setenv("HTTP_PROXY", s.URL)
	if _, err := Client(false, time.Second).Get(s.URL); err == nil {
		t.Error("plain http is spoken")
	}
	if _, err := Client(false, time.Second).Get("https" + s.URL[4:]); !errors.Is(err, ErrPrivate) {
		t.Errorf("a private address: %v", err)
	}
	r, err := Client(true, time.Second).Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	if r.Body.Close(); r.StatusCode != http.StatusFound || hits != 1 {
		t.Errorf("status %d after %d requests: a redirect was followed", r.StatusCode, hits)
	}
}
