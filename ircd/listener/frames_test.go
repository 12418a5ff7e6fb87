package listener

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"
)

// frame returns a masked frame.
func frame(first byte, payload string) string {
	b := []byte{first}
	switch n := len(payload); {
	case n < 126:
		b = append(b, 0x80|byte(n))
	default:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(n))
	}
	b = append(b, 0, 0, 0, 0) // a mask that changes nothing
	return string(append(b, payload...))
}

// TestWebSocketFrames tests what a well-behaved library does not send.
func TestWebSocketFrames(t *testing.T) {
	for _, tt := range []struct {
		name   string
		send   string
		read   string
		closed websocket.StatusCode // 0: stays open; 1005: closed without status
	}{
		{"with the request", frame(0x81, "NICK a"), "NICK a\r\n", 0},
		{"fragments", frame(1, "NI") + frame(0, "") + frame(0x89, "ping") + frame(0x80, "CK a"), "NICK a\r\n", 0},
		{"a character in two fragments", frame(1, "caf\xc3") + frame(0x80, "\xa9"), "café\r\n", 0},
		{"too long in fragments", frame(1, strings.Repeat("a", 60)) + frame(0, strings.Repeat("a", 60)), "", websocket.StatusMessageTooBig},
		{"a length of 2^62", "\x81\xff\x40\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" + strings.Repeat("a", 200), "", websocket.StatusMessageTooBig},
		{"pings without end", strings.Repeat(frame(0x89, strings.Repeat("p", 100)), 400), "", websocket.StatusPolicyViolation},
		{"empty fragments without end", frame(1, "") + strings.Repeat(frame(0, ""), 10000), "", websocket.StatusPolicyViolation},
		{"unmasked", "\x81\x01a", "", websocket.StatusNoStatusRcvd},
		{"compressed", frame(0xc1, "a"), "", websocket.StatusProtocolError},
		{"a continuation of nothing", frame(0x80, "a"), "", websocket.StatusProtocolError},
		{"a long ping", "\x89\xfe\x00\x7e\x00\x00\x00\x00" + strings.Repeat("a", 126), "", websocket.StatusProtocolError},
		{"an unknown opcode", frame(0x83, "a"), "", websocket.StatusProtocolError},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, conns := serve(t, Options{WebSocket: true, AllowMissingOrigin: true, MaxLine: 100})
			client := dial(t, l)
			var writing sync.WaitGroup
			writing.Go(func() { io.WriteString(client, upgradeRequest("", TextProtocol)+tt.send) })
			defer writing.Wait()
			defer client.Close()
			r := bufio.NewReader(client)
			resp, err := http.ReadResponse(r, nil)
			if err != nil || resp.StatusCode != 101 || resp.Header.Get("Sec-WebSocket-Extensions") != "" {
				t.Fatalf("%v, %v", resp, err)
			}
			c := accepted(t, conns)
			if tt.closed == 0 {
				if s := readLine(t, bufio.NewReader(c)); s != tt.read {
					t.Errorf("read %q", s)
				}
				return
			}
			status := make(chan websocket.StatusCode)
			go func() { status <- closeStatus(r) }()
			if b, err := io.ReadAll(c); len(b) > 0 || err == nil {
				t.Errorf("read %q, %v", b, err)
			}
			writing.Go(func() { c.Finish(patience) })
			if got := <-status; got != tt.closed {
				t.Errorf("closed with %d, want %d", got, tt.closed)
			}
		})
	}
}

// closeStatus reads frames until one that closes.
func closeStatus(r *bufio.Reader) websocket.StatusCode {
	for {
		var h [2]byte
		if _, err := io.ReadFull(r, h[:]); err != nil {
			return websocket.StatusNoStatusRcvd
		}
		b := make([]byte, h[1])
		io.ReadFull(r, b)
		if h[0] == 0x88 && len(b) >= 2 {
			return websocket.StatusCode(binary.BigEndian.Uint16(b))
		}
	}
}

// TestWebSocketDeadline tests that a deadline can be renewed between messages,
// also after a ping, but not within one.
func TestWebSocketDeadline(t *testing.T) {
	l, conns := serve(t, Options{WebSocket: true, AllowMissingOrigin: true})
	client := dial(t, l)
	write(t, client, upgradeRequest("", TextProtocol))
	r := bufio.NewReader(client)
	http.ReadResponse(r, nil)
	c := accepted(t, conns)
	late := func(send string) error {
		write(t, client, send)
		c.SetReadDeadline(time.Now().Add(30 * time.Millisecond))
		_, err := c.Read(make([]byte, 100))
		return err
	}
	for _, send := range []string{"", frame(0x89, "ping")} {
		if err := late(send); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatalf("after %q: %v", send, err)
		}
	}
	c.SetReadDeadline(time.Now().Add(patience))
	write(t, client, frame(0x81, "NICK a"))
	if s := readLine(t, bufio.NewReader(c)); s != "NICK a\r\n" {
		t.Fatalf("read %q", s)
	}
	late(frame(1, "NICK"))
	c.SetReadDeadline(time.Now().Add(patience))
	if _, err := c.Read(make([]byte, 100)); err == nil {
		t.Error("reading goes on after half a message")
	}
}

// TestPongAfterDeadline tests that the deadline of a write that is over neither
// ends the connection at the next ping nor is lifted by it.
func TestPongAfterDeadline(t *testing.T) {
	l, conns := serve(t, Options{WebSocket: true, AllowMissingOrigin: true})
	client := dial(t, l)
	write(t, client, upgradeRequest("", TextProtocol))
	r := bufio.NewReader(client)
	http.ReadResponse(r, nil)
	c := accepted(t, conns)
	c.SetWriteDeadline(time.Unix(1, 0))
	write(t, client, frame(0x89, "ping")+frame(0x81, "NICK a"))
	if s := readLine(t, bufio.NewReader(c)); s != "NICK a\r\n" {
		t.Errorf("read %q", s)
	}
	pong := make([]byte, 6)
	if _, err := io.ReadFull(r, pong); err != nil || string(pong) != "\x8a\x04ping" {
		t.Errorf("%q, %v", pong, err)
	}
	if _, err := c.Write([]byte("PING 1\r\n")); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("Write: %v", err)
	}
}

// pipeWebSocket returns both ends of a WebSocket over net.Pipe, server side first.
func pipeWebSocket(protocol string) (*webSocket, net.Conn) {
	near, far := net.Pipe()
	l := newListener(Options{WebSocket: true, AllowMissingOrigin: true, MaxLine: 100}, &exhausted{}, false)
	h := &handshake{l: l, c: &Conn{Conn: far, release: func() {}}}
	done := make(chan bool)
	go func() {
		io.WriteString(near, upgradeRequest("", protocol))
		http.ReadResponse(bufio.NewReaderSize(near, 16), nil) // reads in steps of net.Pipe's writes
		close(done)
	}()
	err := h.upgrade(false)
	<-done
	if err != nil {
		panic(err)
	}
	return h.c.Conn.(*webSocket), near
}

// FuzzWebSocketRead tests that whatever frames arrive, what is read are lines of
// legal length with nothing in them that ends a line.
func FuzzWebSocketRead(f *testing.F) {
	for _, s := range []string{frame(0x81, "NICK a"), frame(1, "NI") + frame(0x89, "x") + frame(0x80, "CK"), frame(0x82, "caf\xe9"), frame(0x81, "a\r\nb"),
		frame(0x81, "") + frame(0x82, strings.Repeat("x", 100)), frame(0x88, "\x03\xe8"), "\x81\xff\x40\x00\x00\x00\x00\x00\x00\x00aaaa", "\x81\x05hello"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		w, near := pipeWebSocket(TextProtocol)
		var both sync.WaitGroup
		both.Go(func() { near.Write(sent); near.Close() })
		both.Go(func() { io.Copy(io.Discard, near) })
		defer both.Wait()
		b, err := io.ReadAll(w)
		w.Close()
		if w.line != nil {
			t.Fatal("a buffer is kept")
		}
		for line := range bytes.SplitAfterSeq(b, []byte("\n")) {
			if len(line) == 0 {
				continue
			}
			body, ok := bytes.CutSuffix(line, []byte("\r\n"))
			if !ok || bytes.ContainsAny(body, "\r\n\x00") || len(body) == 0 || len(body) > 100 {
				t.Fatalf("read the line %q (%v)", line, err)
			}
		}
	})
}

// FuzzWebSocketWrite tests that lines arrive as messages, however they were
// divided into writes, and that text clients get UTF-8.
func FuzzWebSocketWrite(f *testing.F) {
	f.Add([]byte("PING 1\r\nPING 2\r\n"), uint8(3), true)
	f.Add([]byte("caf\xe9\r\n\r\n\nx"), uint8(1), true)
	f.Add([]byte("caf\xe9\r\n\r\n\nx"), uint8(200), false)
	f.Fuzz(func(t *testing.T, page []byte, step uint8, text bool) {
		protocol := BinaryProtocol
		if text {
			protocol = TextProtocol
		}
		w, near := pipeWebSocket(protocol)
		var messages []string
		var reader sync.WaitGroup
		reader.Go(func() { messages = readMessages(t, near) })
		for chunk := range slices.Chunk(page, int(step)+1) {
			if n, err := w.Write(chunk); err != nil || n != len(chunk) {
				t.Errorf("%d, %v", n, err)
			}
		}
		w.Conn.Close()
		reader.Wait()
		w.Close()
		var want []string
		lines := strings.Split(string(page), "\n")
		for _, line := range lines[:len(lines)-1] {
			if line = strings.TrimSuffix(line, "\r"); line != "" {
				if text {
					line = strings.ToValidUTF8(line, "\uFFFD")
				}
				want = append(want, line)
			}
		}
		if !slices.Equal(messages, want) {
			t.Errorf("messages %q, want %q", messages, want)
		}
		for _, m := range messages {
			if text && !utf8.ValidString(m) {
				t.Errorf("%q is no UTF-8", m)
			}
		}
	})
}

// readMessages reads unmasked, unfragmented frames.
func readMessages(t *testing.T, r io.Reader) (messages []string) {
	br := bufio.NewReader(r)
	for {
		var h [2]byte
		if _, err := io.ReadFull(br, h[:]); err != nil {
			return messages
		}
		if h[0] != 0x81 && h[0] != 0x82 {
			t.Errorf("a frame begins with %x", h[0])
		}
		n := uint64(h[1])
		switch n {
		case 126:
			var l [2]byte
			io.ReadFull(br, l[:])
			n = uint64(binary.BigEndian.Uint16(l[:]))
		case 127:
			var l [8]byte
			io.ReadFull(br, l[:])
			n = binary.BigEndian.Uint64(l[:])
		}
		b := make([]byte, n)
		if _, err := io.ReadFull(br, b); err != nil {
			t.Error(err)
		}
		messages = append(messages, string(b))
	}
}

// writeCounter counts the writes of a connection.
type writeCounter struct {
	net.Conn
	n int
}

func (w *writeCounter) Write(p []byte) (int, error) {
	w.n++
	return len(p), nil
}

// TestWebSocketGathers tests that a page of lines leaves in few writes, and that
// a page larger than the buffer does, too.
func TestWebSocketGathers(t *testing.T) {
	w, near := pipeWebSocket(TextProtocol)
	defer near.Close()
	counter := &writeCounter{Conn: w.frames.Conn}
	w.frames.Conn = counter
	if _, err := w.Write(bytes.Repeat([]byte("PRIVMSG #tea :hello\r\n"), 500)); err != nil {
		t.Fatal(err)
	}
	if counter.n != 1 {
		t.Errorf("%d writes for 10 KB", counter.n)
	}
	counter.n = 0
	if _, err := w.Write([]byte(strings.Repeat("x", 40000) + "\r\n")); err != nil {
		t.Fatal(err)
	}
	if counter.n > 3 {
		t.Errorf("%d writes for a long line", counter.n)
	}
	if _, err := w.Write(make([]byte, tailMax+1)); err == nil {
		t.Error("a line without end is kept")
	}
}
