package soak

import (
	"bufio"
	"context"
	"crypto/tls"
	"net"

	"github.com/coder/websocket"
)

// A conn carries lines to a server and back. Lines may be sent by two goroutines at once.
type conn struct {
	read  func() (string, error)
	send  func(line string) error
	close func() // says goodbye, as far as the transport can
	cut   func() // does not
}

// kinds are the ways to connect.
var kinds = []struct {
	name string
	dial func(ctx context.Context, s *server) (*conn, error)
}{
	{"plain", func(ctx context.Context, s *server) (*conn, error) {
		var d net.Dialer
		raw, err := d.DialContext(ctx, "tcp", s.plain)
		if err != nil {
			return nil, err
		}
		return stream(raw, raw), nil
	}},
	{"TLS", func(ctx context.Context, s *server) (*conn, error) {
		var d net.Dialer
		raw, err := d.DialContext(ctx, "tcp", s.secure)
		if err != nil {
			return nil, err
		}
		secure := tls.Client(raw, &tls.Config{InsecureSkipVerify: true}) // it has signed its certificate itself
		if err := secure.HandshakeContext(ctx); err != nil {
			raw.Close()
			return nil, err
		}
		return stream(secure, raw), nil
	}},
	{"WebSocket", func(ctx context.Context, s *server) (*conn, error) {
		ws, _, err := websocket.Dial(ctx, "ws://"+s.web+"/", &websocket.DialOptions{Subprotocols: []string{"text.ircv3.net"}})
		if err != nil {
			return nil, err
		}
		ws.SetReadLimit(64 << 10)
		always := context.WithoutCancel(ctx)
		return &conn{
			read:  func() (string, error) { _, b, err := ws.Read(always); return string(b), err },
			send:  func(line string) error { return ws.Write(always, websocket.MessageText, []byte(line)) },
			close: func() { _ = ws.Close(websocket.StatusNormalClosure, "") },
			cut:   func() { _ = ws.CloseNow() },
		}, nil
	}},
}

// stream is the conn of a stream over a socket.
func stream(c net.Conn, raw net.Conn) *conn {
	lines := bufio.NewScanner(c)
	lines.Buffer(nil, 64<<10)
	return &conn{
		read: func() (string, error) {
			if !lines.Scan() {
				return "", net.ErrClosed
			}
			return lines.Text(), nil
		},
		send:  func(line string) error { _, err := c.Write([]byte(line + "\r\n")); return err },
		close: func() { c.Close() },
		cut: func() { // by a reset
			_ = raw.(*net.TCPConn).SetLinger(0)
			raw.Close()
		},
	}
}
