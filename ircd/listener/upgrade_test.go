package listener

import (
	"bufio"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

func TestOrigin(t *testing.T) {
	const page = "https://chat.example.org"
	for _, tt := range []struct {
		name    string
		o       Options
		headers string
		code    int
	}{
		{"listed", Options{Origins: []string{"https://a.example", page}}, "Origin: " + page + "\r\n", 101},
		{"any", Options{Origins: []string{"*"}}, "Origin: https://evil.example\r\n", 101},
		{"any port", Options{Origins: []string{"http://localhost:*"}}, "Origin: http://localhost:3000\r\n", 101},
		{"any port of an address", Options{Origins: []string{"http://[::1]:*"}}, "Origin: http://[::1]:3000\r\n", 101},
		{"any port, another host", Options{Origins: []string{"http://localhost:*"}}, "Origin: http://localhost.evil.example\r\n", 403},
		{"any part of a host", Options{Origins: []string{"https://*.example.org"}}, "Origin: " + page + "\r\n", 101},
		{"any part, another end", Options{Origins: []string{"https://*.example.org"}}, "Origin: https://chat.example.org.evil.example\r\n", 403},
		{"any part, another beginning", Options{Origins: []string{"*.example.org"}}, "Origin: " + page + "\r\n", 403},
		{"none, allowed", Options{AllowMissingOrigin: true}, "", 101},
		{"none", Options{Origins: []string{"*"}}, "", 403},
		{"another", Options{Origins: []string{page}}, "Origin: https://evil.example\r\n", 403},
		{"the server's host", Options{Origins: []string{page}}, "Origin: https://irc.example.org\r\n", 403},
		{"another scheme", Options{Origins: []string{page}}, "Origin: http://chat.example.org\r\n", 403},
		{"another port", Options{Origins: []string{page}}, "Origin: " + page + ":8443\r\n", 403},
		{"a longer host", Options{Origins: []string{page}}, "Origin: " + page + ".evil.example\r\n", 403},
		{"an empty list", Options{AllowMissingOrigin: true}, "Origin: " + page + "\r\n", 403},
		{"null", Options{Origins: []string{page}}, "Origin: null\r\n", 403},
		{"empty", Options{Origins: []string{"*"}, AllowMissingOrigin: true}, "Origin: \r\n", 403},
		{"two headers", Options{Origins: []string{"*"}}, "Origin: " + page + "\r\nOrigin: " + page + "\r\n", 403},
		{"two in one", Options{Origins: []string{"*"}}, "Origin: " + page + ", https://evil.example\r\n", 403},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.o.WebSocket = true
			l, conns := serve(t, tt.o)
			client := dial(t, l)
			write(t, client, upgradeRequest(tt.headers, TextProtocol))
			resp, err := http.ReadResponse(bufio.NewReader(client), nil)
			if err != nil || resp.StatusCode != tt.code {
				t.Fatalf("%v, %v", resp, err)
			}
			if tt.code == 101 {
				accepted(t, conns)
			} else if len(conns) > 0 {
				t.Error("handed over")
			}
		})
	}
}

// TestHTTP tests the answers to what is no WebSocket.
func TestHTTP(t *testing.T) {
	for _, tt := range []struct {
		name, send string
		code       int
		text       string
	}{
		{"a browser", "GET / HTTP/1.1\r\nHost: irc.example.org\r\n\r\n", 426, "web client for IRC"},
		{"a form", "POST / HTTP/1.1\r\nHost: irc.example.org\r\nContent-Length: 3\r\n\r\nabc", 426, "web client for IRC"},
		{"an IRC client", "NICK alice\r\nUSER alice 0 * :Alice\r\n", 400, "IRC over WebSocket"},
		{"without host", "GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", 400, "Host"},
		{"an old version", strings.Replace(upgradeRequest("", ""), "Version: 13", "Version: 8", 1), 400, "version"},
		{"without key", strings.Replace(upgradeRequest("", ""), "Sec-WebSocket-Key: dGhl", "X: ", 1), 400, "Key"},
		{"a large header", "GET / HTTP/1.1\r\nHost: x\r\nCookie: " + strings.Repeat("x", 20000) + "\r\n\r\n", 431, "8 KiB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, conns := serve(t, Options{WebSocket: true, AllowMissingOrigin: true})
			client := dial(t, l)
			write(t, client, tt.send)
			resp, err := http.ReadResponse(bufio.NewReader(client), nil)
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(resp.Body)
			if resp.StatusCode != tt.code || !strings.Contains(string(b), tt.text) || !resp.Close || err != nil {
				t.Errorf("%v %q %v", resp, b, err)
			}
			if len(conns) > 0 {
				t.Error("handed over")
			}
		})
	}
}

func TestWebSocketRefused(t *testing.T) {
	full := func(netip.Addr) (func(), error) { return nil, Refused("This server is full.") }
	for name, trusted := range map[string][]netip.Prefix{"direct": nil, "behind a proxy": loopback} {
		t.Run(name, func(t *testing.T) {
			l, _ := serve(t, Options{WebSocket: true, AllowMissingOrigin: true, Admit: full, TrustForwardedFor: trusted})
			client := dial(t, l)
			write(t, client, upgradeRequest("", TextProtocol))
			resp, err := http.ReadResponse(bufio.NewReader(client), nil)
			if err != nil {
				t.Fatal(err)
			}
			if b, _ := io.ReadAll(resp.Body); resp.StatusCode != 503 || string(b) != "This server is full.\n" {
				t.Errorf("%v %q", resp, b)
			}
		})
	}
}

func TestForwarded(t *testing.T) {
	for _, tt := range []struct {
		name, headers string
		trust         []netip.Prefix
		remote        string // empty: the socket's
		secure        bool
	}{
		{"trusted", "X-Forwarded-For: 192.0.2.7\r\n", loopback, "192.0.2.7", false},
		{"with TLS", "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n", loopback, "192.0.2.7", true},
		{"not trusted", "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n", prefixes("192.0.2.0/24"), "", false},
		{"nobody trusted", "X-Forwarded-For: 192.0.2.7\r\n", nil, "", false},
		{"absent", "", loopback, "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var admitted netip.Addr
			l, conns := serve(t, Options{WebSocket: true, AllowMissingOrigin: true, TrustForwardedFor: tt.trust,
				Admit: func(a netip.Addr) (func(), error) { admitted = a; return func() {}, nil }})
			client := dial(t, l)
			write(t, client, upgradeRequest(tt.headers, TextProtocol))
			c := accepted(t, conns)
			want := tt.remote
			if want == "" {
				want = "127.0.0.1"
			}
			if c.Remote.Addr().String() != want || c.Proxied != (tt.remote != "") || c.Secure != tt.secure || admitted != c.Remote.Addr() {
				t.Errorf("Remote %v, Proxied %v, Secure %v, admitted %v", c.Remote, c.Proxied, c.Secure, admitted)
			}
		})
	}
}

func TestForwardedFor(t *testing.T) {
	proxies := prefixes("10.0.0.0/8", "2001:db8::/32")
	for _, tt := range []struct {
		values []string
		want   string
	}{
		{[]string{"192.0.2.1"}, "192.0.2.1"},
		{[]string{"6.6.6.6, 192.0.2.1, 10.1.2.3"}, "192.0.2.1"},
		{[]string{"6.6.6.6", "192.0.2.1", "10.1.2.3,2001:db8::1"}, "192.0.2.1"},
		{[]string{"garbage, 192.0.2.1"}, "192.0.2.1"},
		{[]string{"192.0.2.1, garbage"}, ""},
		{[]string{"192.0.2.1, "}, ""},
		{[]string{"192.0.2.1:4711"}, "192.0.2.1"},
		{[]string{"[2001:dead::1]:4711"}, "2001:dead::1"},
		{[]string{"[2001:dead::1]"}, "2001:dead::1"},
		{[]string{"::ffff:192.0.2.1"}, "192.0.2.1"},
		{[]string{"10.0.0.1, 10.0.0.2"}, "10.0.0.1"},
		{[]string{""}, ""},
		{nil, ""},
	} {
		addr, ok := forwardedFor(tt.values, proxies)
		if got := addr.String(); ok != (tt.want != "") || ok && got != tt.want {
			t.Errorf("%q: %v, %v", tt.values, got, ok)
		}
	}
}
