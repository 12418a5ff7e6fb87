package listener

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// webSocketClient connects a client, by default with the text protocol.
func webSocketClient(t testing.TB, l *Listener, o *websocket.DialOptions) *websocket.Conn {
	t.Helper()
	if o == nil {
		o = &websocket.DialOptions{Subprotocols: []string{TextProtocol}}
	}
	o.HTTPClient = &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialTLSContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := net.Dial(network, addr)
		if err != nil {
			return nil, err
		}
		return clientTLS(c, nil), nil
	}}}
	scheme := "ws://"
	if l.o.TLS != nil {
		scheme = "wss://"
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, _, err := websocket.Dial(ctx, scheme+l.Addr().String(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.CloseNow() })
	return c
}

// lineWriter sends each Write, less CR LF, as a message.
type lineWriter struct {
	t testing.TB
	c *websocket.Conn
}

func (w lineWriter) Write(p []byte) (int, error) {
	return len(p), w.c.Write(context.Background(), websocket.MessageText, bytes.TrimSuffix(p, []byte("\r\n")))
}

func (w lineWriter) Close() error {
	go w.c.Close(websocket.StatusNormalClosure, "")
	return nil
}

func receive(t *testing.T, c *websocket.Conn) (websocket.MessageType, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	kind, b, err := c.Read(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return kind, string(b)
}

func TestWebSocket(t *testing.T) {
	for _, tt := range []struct {
		name       string
		offered    []string
		negotiated string
		used       string
		kind       websocket.MessageType
		tls        bool
	}{
		{"text", []string{TextProtocol}, TextProtocol, TextProtocol, websocket.MessageText, false},
		{"binary", []string{BinaryProtocol}, BinaryProtocol, BinaryProtocol, websocket.MessageBinary, false},
		{"the client prefers text", []string{TextProtocol, BinaryProtocol}, TextProtocol, TextProtocol, websocket.MessageText, false},
		{"the client prefers binary", []string{"x", BinaryProtocol, TextProtocol}, BinaryProtocol, BinaryProtocol, websocket.MessageBinary, false},
		{"none", nil, "", TextProtocol, websocket.MessageText, false},
		{"TLS", []string{TextProtocol}, TextProtocol, TextProtocol, websocket.MessageText, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := Options{WebSocket: true, AllowMissingOrigin: true}
			if tt.tls {
				o.TLS = serverTLS(t)
			}
			l, conns := serve(t, o)
			client := webSocketClient(t, l, &websocket.DialOptions{Subprotocols: tt.offered})
			c := accepted(t, conns)
			if client.Subprotocol() != tt.negotiated || c.WebSocket != tt.used || c.Secure != tt.tls {
				t.Errorf("negotiated %q, %+v", client.Subprotocol(), c)
			}
			for _, kind := range []websocket.MessageType{websocket.MessageText, websocket.MessageBinary} {
				if err := client.Write(context.Background(), kind, []byte("NICK ålice")); err != nil {
					t.Fatal(err)
				}
				if err := client.Write(context.Background(), kind, nil); err != nil { // an empty line is none
					t.Fatal(err)
				}
			}
			r := bufio.NewReader(c)
			for range 2 {
				if s := readLine(t, r); s != "NICK ålice\r\n" {
					t.Errorf("read %q", s)
				}
			}
			for _, page := range []string{"a\r\nb", "c\r\n\r\nd\ne\r", "\nf\r\n"} {
				write(t, c, page)
			}
			for _, want := range []string{"a", "bc", "d", "e", "f"} {
				if kind, s := receive(t, client); s != want || kind != tt.kind {
					t.Errorf("received %v %q, want %q", kind, s, want)
				}
			}
		})
	}
}

// TestWebSocketUTF8 tests that text clients are sent UTF-8 only, and may send
// other bytes in binary messages.
func TestWebSocketUTF8(t *testing.T) {
	l, conns := serve(t, Options{WebSocket: true, AllowMissingOrigin: true})
	client := webSocketClient(t, l, nil)
	c := accepted(t, conns)
	write(t, c, "PRIVMSG web :caf\xe9\r\n")
	if _, s := receive(t, client); s != "PRIVMSG web :caf\uFFFD" {
		t.Errorf("received %q", s)
	}
	client.Write(context.Background(), websocket.MessageBinary, []byte("PRIVMSG nonweb :caf\xe9"))
	if s := readLine(t, bufio.NewReader(c)); s != "PRIVMSG nonweb :caf\xe9\r\n" {
		t.Errorf("read %q", s)
	}
	binary := webSocketClient(t, l, &websocket.DialOptions{Subprotocols: []string{BinaryProtocol}})
	write(t, accepted(t, conns), "PRIVMSG web :caf\xe9\r\n")
	if _, s := receive(t, binary); s != "PRIVMSG web :caf\xe9" {
		t.Errorf("received %q", s)
	}
}

// TestWebSocketRefuses tests what ends a connection, and with which status.
func TestWebSocketRefuses(t *testing.T) {
	const max = 100
	for _, tt := range []struct {
		name string
		kind websocket.MessageType
		send string
		code websocket.StatusCode
	}{
		{"CR LF", websocket.MessageText, "QUIT\r\nERROR", websocket.StatusPolicyViolation},
		{"LF at the beginning", websocket.MessageText, "\nQUIT", websocket.StatusPolicyViolation},
		{"two lines at the end", websocket.MessageText, "QUIT\n\n", websocket.StatusPolicyViolation},
		{"CR", websocket.MessageBinary, "a\rb", websocket.StatusPolicyViolation},
		{"NUL", websocket.MessageBinary, "a\x00b", websocket.StatusPolicyViolation},
		{"no UTF-8", websocket.MessageText, "caf\xe9", websocket.StatusInvalidFramePayloadData},
		{"too long", websocket.MessageText, strings.Repeat("a", max+1), websocket.StatusMessageTooBig},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, conns := serve(t, Options{WebSocket: true, AllowMissingOrigin: true, MaxLine: max})
			client := webSocketClient(t, l, nil)
			c := accepted(t, conns)
			fits := strings.Repeat("a", max)
			client.Write(context.Background(), tt.kind, []byte(fits))
			client.Write(context.Background(), tt.kind, []byte(tt.send))
			b, err := io.ReadAll(c)
			if err == nil || string(b) != fits+"\r\n" {
				t.Errorf("read %q, %v", b, err)
			}
			_, _, err = client.Read(context.Background())
			if websocket.CloseStatus(err) != tt.code {
				t.Errorf("the client hears %v", err)
			}
			if _, err := c.Read(make([]byte, 10)); err == nil || err == io.EOF {
				t.Errorf("reading on: %v", err)
			}
			if _, err := c.Write([]byte("PING 1\r\n")); err == nil {
				t.Error("writing goes on")
			}
		})
	}
}

// TestWebSocketLineEnd tests that a line end that should not be there does no harm.
func TestWebSocketLineEnd(t *testing.T) {
	l, conns := serve(t, Options{WebSocket: true, AllowMissingOrigin: true, MaxLine: 100})
	client := webSocketClient(t, l, nil)
	r := bufio.NewReader(accepted(t, conns))
	for _, end := range []string{"\r\n", "\n", ""} {
		client.Write(context.Background(), websocket.MessageText, []byte("PING 1"+end))
		if s := readLine(t, r); s != "PING 1\r\n" {
			t.Errorf("%q reads as %q", end, s)
		}
	}
}

// TestWebSocketClose tests that both ends see a proper end.
func TestWebSocketClose(t *testing.T) {
	l, conns := serve(t, Options{WebSocket: true, AllowMissingOrigin: true})
	client := webSocketClient(t, l, nil)
	c := accepted(t, conns)
	write(t, c, "ERROR :Bye\r\n")
	c.Close()
	receive(t, client)
	if _, _, err := client.Read(context.Background()); websocket.CloseStatus(err) != websocket.StatusNormalClosure {
		t.Errorf("the client hears %v", err)
	}

	client = webSocketClient(t, l, nil)
	c = accepted(t, conns)
	go client.Close(websocket.StatusGoingAway, "")
	if b, err := io.ReadAll(c); err != nil || len(b) > 0 {
		t.Errorf("read %q, %v", b, err)
	}

	client = webSocketClient(t, l, nil)
	c = accepted(t, conns)
	done := make(chan error)
	go func() { done <- c.Finish(patience) }()
	if _, _, err := client.Read(context.Background()); websocket.CloseStatus(err) != websocket.StatusNormalClosure {
		t.Errorf("the client hears %v", err)
	}
	client.CloseNow()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// upgradeRequest returns what a browser sends.
func upgradeRequest(headers string, protocol string) string {
	return "GET /webirc HTTP/1.1\r\nHost: irc.example.org\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
		"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n" +
		"Sec-WebSocket-Protocol: " + protocol + "\r\n" + headers + "\r\n"
}
