//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/coder/websocket"
)

// A stream is a client over TLS or WebSocket. It has a goroutine of its own
// while it does something; there are never many that do.
type stream struct {
	nick    string
	since   time.Time
	readln  func() ([]byte, error)
	writeln func(string) error
	hangUp  func()
}

// dialTLS connects without checking the certificate. The key exchange is X25519
// for all servers, because not all have the newer ones and they cost more.
func dialTLS(addr string) (*stream, error) {
	since := time.Now()
	d := net.Dialer{Timeout: streamPatience}
	raw, err := d.Dial("tcp4", addr)
	if err != nil {
		return nil, err
	}
	conn := tls.Client(raw, &tls.Config{
		InsecureSkipVerify: true, //nolint:gosec // it is our own server's
		CurvePreferences:   []tls.CurveID{tls.X25519},
	})
	_ = conn.SetDeadline(since.Add(streamPatience))
	if err := conn.Handshake(); err != nil {
		raw.Close()
		return nil, fmt.Errorf("handshake: %w", err)
	}
	_ = conn.SetDeadline(time.Time{})
	r := bufio.NewReaderSize(conn, 2<<10)
	return &stream{
		since:   since,
		readln:  func() ([]byte, error) { return r.ReadSlice('\n') },
		writeln: func(s string) error { _, err := conn.Write([]byte(s + "\r\n")); return err },
		hangUp:  func() { conn.NetConn().Close() },
	}, nil
}

// dialWebSocket connects with the text subprotocol.
func dialWebSocket(addr string) (*stream, error) {
	since := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), streamPatience)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, "ws://"+addr+"/", &websocket.DialOptions{
		Subprotocols: []string{"text.ircv3.net"},
		HTTPHeader:   http.Header{"Origin": {"http://localhost"}}, // some servers want one
	})
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(64 << 10)
	return &stream{
		since:   since,
		readln:  func() ([]byte, error) { _, b, err := conn.Read(context.Background()); return b, err },
		writeln: func(s string) error { return conn.Write(context.Background(), websocket.MessageText, []byte(s)) },
		hangUp:  func() { _ = conn.CloseNow() },
	}, nil
}

// register says who it is and returns how long it took from connecting to 001.
func (s *stream) register(nick string) (welcome time.Duration, err error) {
	s.nick = nick
	if err := s.write("NICK "+nick, "USER "+nick+" 0 * :A client"); err != nil {
		return 0, err
	}
	err = s.expect(func(verb string) bool {
		if verb == "001" {
			welcome = time.Since(s.since)
		}
		return verb == "376" || verb == "422"
	})
	return welcome, err
}

// join enters channels and returns when everything up to then was heard.
func (s *stream) join(channels string) error {
	if err := s.write("JOIN "+channels, "PING settle"); err != nil {
		return err
	}
	return s.expect(func(verb string) bool { return verb == "PONG" })
}

func (s *stream) write(lines ...string) error {
	for _, line := range lines {
		if err := s.writeln(line); err != nil {
			return err
		}
	}
	return nil
}

// expect reads lines until enough says so, for a bounded time.
func (s *stream) expect(enough func(verb string) bool) error {
	late := time.AfterFunc(streamPatience, s.hangUp)
	defer late.Stop()
	for {
		line, err := s.readln()
		if errors.Is(err, bufio.ErrBufferFull) { // no line we wait for is that long
			continue
		}
		if err != nil {
			return fmt.Errorf("client %s: %w", s.nick, err)
		}
		verb, rest := split(bytes.TrimRight(line, "\r\n"))
		switch string(verb) {
		case "PING":
			if err := s.writeln("PONG " + string(rest)); err != nil {
				return err
			}
		case "ERROR":
			return fmt.Errorf("client %s: %s", s.nick, line)
		}
		if enough(string(verb)) {
			return nil
		}
	}
}

// drain reads whatever comes until the connection ends.
func (s *stream) drain() {
	for {
		line, err := s.readln()
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return
		}
		if verb, rest := split(bytes.TrimRight(line, "\r\n")); string(verb) == "PING" {
			_ = s.writeln("PONG " + string(rest))
		}
	}
}

func (s *stream) close() { s.hangUp() }
