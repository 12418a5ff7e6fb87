package listener

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"time"
)

type tryWriter interface{ TryWrite([]byte) (int, error) }

// TestTryWrite tests that it fills the kernel's buffer and no more, and that
// everything it says was written arrives, whatever deadline there is for Write.
func TestTryWrite(t *testing.T) {
	l, conns := serve(t, Options{})
	client := dial(t, l)
	c := accepted(t, conns)
	w, ok := c.Conn.(tryWriter)
	if !ok {
		t.Fatalf("%T has no TryWrite", c.Conn)
	}
	if n, err := w.TryWrite(nil); n != 0 || err != nil {
		t.Errorf("writing nothing: %d, %v", n, err)
	}
	page := make([]byte, 64<<10)
	total := 0
	for {
		n, err := w.TryWrite(page)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
		total += n
	}
	if total < len(page) {
		t.Errorf("only %d bytes fit", total)
	}
	if n, err := io.CopyN(io.Discard, client, int64(total)); err != nil {
		t.Errorf("%d of %d bytes arrived: %v", n, total, err)
	}
	c.SetWriteDeadline(time.Unix(1, 0))
	if n, err := w.TryWrite(page); n == 0 || err != nil {
		t.Errorf("after a deadline: %d, %v", n, err)
	}
	c.Close()
	if _, err := w.TryWrite(page); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// TestOnlySocketsTryWrite tests that transports with records or frames do not
// offer what they cannot do.
func TestOnlySocketsTryWrite(t *testing.T) {
	l, conns := serve(t, Options{TLS: serverTLS(t)})
	go clientTLS(dial(t, l), nil).Handshake()
	if _, ok := accepted(t, conns).Conn.(tryWriter); ok {
		t.Error("TLS has TryWrite")
	}
	l, conns = serve(t, Options{WebSocket: true, AllowMissingOrigin: true})
	webSocketClient(t, l, nil)
	c := accepted(t, conns)
	if _, ok := c.Conn.(tryWriter); ok {
		t.Error("WebSocket has TryWrite")
	}
}

// TestReadPooled tests all kinds of transport: no buffer is taken while there is
// nothing to read, deadlines interrupt and can be renewed, and the end is seen.
func TestReadPooled(t *testing.T) {
	cases := map[string]func(t *testing.T) (*Conn, io.WriteCloser){
		"plain": func(t *testing.T) (*Conn, io.WriteCloser) {
			l, conns := serve(t, Options{})
			client := dial(t, l)
			return accepted(t, conns), client
		},
		"TLS": func(t *testing.T) (*Conn, io.WriteCloser) {
			l, conns := serve(t, Options{TLS: serverTLS(t)})
			client := clientTLS(dial(t, l), nil)
			if err := client.Handshake(); err != nil {
				t.Fatal(err)
			}
			return accepted(t, conns), client
		},
		"WebSocket": func(t *testing.T) (*Conn, io.WriteCloser) {
			l, conns := serve(t, Options{WebSocket: true, AllowMissingOrigin: true})
			client := webSocketClient(t, l, nil)
			return accepted(t, conns), lineWriter{t, client}
		},
		"pipe": func(t *testing.T) (*Conn, io.WriteCloser) {
			client, server := net.Pipe()
			t.Cleanup(func() { server.Close() })
			return &Conn{Conn: server}, client
		},
	}
	for name, connect := range cases {
		t.Run(name, func(t *testing.T) {
			c, client := connect(t)
			var mu sync.Mutex
			out := 0
			p := &sync.Pool{New: func() any {
				mu.Lock()
				defer mu.Unlock()
				out++
				b := make([]byte, 512)
				return &b
			}}
			for range 2 {
				c.SetReadDeadline(time.Now().Add(time.Millisecond))
				if buf, _, err := c.ReadPooled(p, false); !errors.Is(err, os.ErrDeadlineExceeded) || buf != nil {
					t.Fatalf("at the deadline: %v, %v", buf, err)
				}
			}
			c.SetReadDeadline(time.Now().Add(patience))
			go client.Write([]byte("NICK a\r\n"))
			buf, n, err := c.ReadPooled(p, false)
			if err != nil || string((*buf)[:n]) != "NICK a\r\n" {
				t.Fatalf("%d, %v", n, err)
			}
			p.Put(buf)
			client.Close()
			if buf, _, err := c.ReadPooled(p, false); err != io.EOF || buf != nil {
				t.Errorf("at the end: %v, %v", buf, err)
			}
			mu.Lock()
			defer mu.Unlock()
			if out > 4 { // race detection drops some of what is put back
				t.Errorf("%d buffers were made", out)
			}
		})
	}
}

func BenchmarkReadPooled(b *testing.B) {
	l, conns := serve(b, Options{})
	client := dial(b, l)
	client.SetDeadline(time.Time{})
	c := accepted(b, conns)
	c.SetDeadline(time.Time{})
	line := []byte("PRIVMSG #tea :hello\r\n")
	b.ReportAllocs()
	for b.Loop() {
		client.Write(line)
		buf, _, err := c.ReadPooled(pool, false)
		if err != nil {
			b.Fatal(err)
		}
		pool.Put(buf)
	}
}

func BenchmarkTryWrite(b *testing.B) {
	l, conns := serve(b, Options{})
	client := dial(b, l)
	client.SetDeadline(time.Time{})
	c := accepted(b, conns)
	c.SetDeadline(time.Time{})
	go io.Copy(io.Discard, client)
	line := make([]byte, 120)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Conn.(tryWriter).TryWrite(line); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTLS measures a line over TLS, there and back.
func BenchmarkTLS(b *testing.B) {
	l, conns := serve(b, Options{TLS: serverTLS(b)})
	client := clientTLS(dial(b, l), nil)
	client.SetDeadline(time.Time{})
	go client.Handshake()
	c := accepted(b, conns)
	c.SetDeadline(time.Time{})
	line := make([]byte, 120)
	b.ReportAllocs()
	for b.Loop() {
		c.Write(line)
		if _, err := io.ReadFull(client, line); err != nil {
			b.Fatal(err)
		}
		client.Write(line)
		if _, err := io.ReadFull(c, line); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAccept measures a connection from connect to the end of both sides.
func BenchmarkAccept(b *testing.B) {
	l, err := Listen(Options{Address: "127.0.0.1:0"})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	go l.Serve(func(c *Conn) { c.ReadPooled(pool, false) })
	b.ReportAllocs()
	for b.Loop() {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		c.(*net.TCPConn).SetLinger(0) // leave no ports behind
		c.Close()
	}
}
