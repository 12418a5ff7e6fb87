package listener

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

func TestTransports(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0", "unix:" + filepath.Join(t.TempDir(), "irc.sock")} {
		t.Run(address, func(t *testing.T) {
			l, conns := serve(t, Options{Address: address, STSOnly: true})
			client := dial(t, l)
			c := accepted(t, conns)
			if c.Listener != address || c.Secure || c.CertFP != "" || c.WebSocket != "" || c.Proxied || !c.STSOnly {
				t.Errorf("%+v", c)
			}
			want := addrPort(client.LocalAddr())
			if c.Remote != want || c.Remote.IsValid() == strings.HasPrefix(address, "unix:") {
				t.Errorf("Remote is %v, want %v", c.Remote, want)
			}
			write(t, client, "NICK alice\r\n")
			buf, n, err := c.ReadPooled(pool, false)
			if err != nil || string((*buf)[:n]) != "NICK alice\r\n" {
				t.Errorf("read %v %v", n, err)
			}
			write(t, c, "PING 1\r\n")
			if s := readLine(t, bufio.NewReader(client)); s != "PING 1\r\n" {
				t.Errorf("the client reads %q", s)
			}
		})
	}
}

// TestClose tests that connections outlive the listener, and handle's end closes them.
func TestClose(t *testing.T) {
	l, err := Listen(Options{Address: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	served, end, here := make(chan bool), make(chan bool), make(chan *Conn)
	go func() {
		l.Serve(func(c *Conn) { here <- c; <-end })
		close(served)
	}()
	client := dial(t, l)
	c := <-here
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	<-served
	if err := l.Close(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("second Close: %v", err)
	}
	write(t, c, "still here\r\n")
	close(end)
	if s := readAll(t, client); s != "still here\r\n" {
		t.Errorf("the client reads %q", s)
	}
}

func TestAdmit(t *testing.T) {
	var count atomic.Int32
	released := make(chan bool)
	admit := func(addr netip.Addr) (func(), error) {
		if addr != netip.MustParseAddr("127.0.0.1") {
			t.Errorf("asked about %v", addr)
		}
		if count.Add(1) > 1 {
			return nil, errors.New("no room\r\nINJECTED")
		}
		return func() { close(released) }, nil
	}
	l, err := Listen(Options{Address: "127.0.0.1:0", Admit: admit})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	end, here := make(chan bool), make(chan *Conn)
	go l.Serve(func(c *Conn) { here <- c; <-end })
	dial(t, l)
	<-here
	second := dial(t, l)
	write(t, second, "NICK early\r\n")
	if s := readAll(t, second); s != "ERROR :no room  INJECTED\r\n" {
		t.Errorf("the refused client reads %q", s)
	}
	select {
	case <-released:
		t.Error("released early")
	default:
	}
	close(end)
	<-released
}

// TestRefusedBeforeTLS tests that no handshake is done for who is not admitted.
func TestRefusedBeforeTLS(t *testing.T) {
	l, _ := serve(t, Options{TLS: serverTLS(t), Admit: func(netip.Addr) (func(), error) { return nil, errors.New("full") }})
	if s := readAll(t, dial(t, l)); s != "" {
		t.Errorf("the client reads %q", s)
	}
}

// TestHandshakeTimeout tests that silent and slow clients are dropped.
func TestHandshakeTimeout(t *testing.T) {
	for name, o := range map[string]Options{
		"TLS":            {TLS: serverTLS(t)},
		"WebSocket":      {WebSocket: true},
		"PROXY required": {ProxyRequired: true, ProxyFrom: loopback},
	} {
		for _, first := range []string{"", "P", "\x16", "GET / HTTP/1.1\r\nHost: x\r\n"} {
			t.Run(name, func(t *testing.T) {
				o.HandshakeTimeout = 20 * time.Millisecond
				l, conns := serve(t, o)
				client := dial(t, l)
				write(t, client, first)
				io.ReadAll(client)
				if len(conns) > 0 {
					t.Error("handed over")
				}
			})
		}
	}
}

// TestFinish tests that the last line arrives although input is unread.
func TestFinish(t *testing.T) {
	l, conns := serve(t, Options{})
	client := dial(t, l)
	c := accepted(t, conns)
	write(t, client, strings.Repeat("PRIVMSG #tea :flood\r\n", 1000))
	write(t, c, "ERROR :Excess flood\r\n")
	done := make(chan error)
	go func() { done <- c.Finish(patience) }()
	b, err := io.ReadAll(client)
	if string(b) != "ERROR :Excess flood\r\n" || err != nil {
		t.Errorf("the client reads %q, %v", b, err)
	}
	client.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestAbort tests that it does not wait where Close would.
func TestAbort(t *testing.T) {
	for name, o := range map[string]Options{"plain": {}, "TLS": {TLS: serverTLS(t)}} {
		t.Run(name, func(t *testing.T) {
			l, conns := serve(t, o)
			client := dial(t, l)
			if o.TLS != nil {
				if err := clientTLS(client, nil).Handshake(); err != nil {
					t.Fatal(err)
				}
			}
			c := accepted(t, conns)
			done := make(chan error)
			go func() {
				_, err := c.Write(make([]byte, 64<<20)) // more than any buffer
				done <- err
			}()
			if err := c.Abort(); err != nil {
				t.Error(err)
			}
			if err := <-done; err == nil {
				t.Error("Write did not fail")
			}
		})
	}
}

func TestUnixSocket(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "irc.sock")
	l, _ := serve(t, Options{Address: "unix:" + path})
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o770 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if _, err := Listen(Options{Address: "unix:" + path}); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("a second listener: %v", err)
	}
	l.Close()
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the socket is still there: %v", err)
	}

	stale, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	stale.SetUnlinkOnClose(false) // as after kill -9
	stale.Close()
	serve(t, Options{Address: "unix:" + path})

	file := filepath.Join(dir, "precious")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(Options{Address: "unix:" + file}); err == nil || !strings.Contains(err.Error(), "no socket") {
		t.Errorf("a file in the way: %v", err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Errorf("the file was removed: %v", err)
	}
}

func TestListenErrors(t *testing.T) {
	for _, address := range []string{"nonsense", "127.0.0.1:99999", "unix:/no/such/folder/x"} {
		if _, err := Listen(Options{Address: address}); err == nil || !strings.Contains(err.Error(), address) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if n := Descriptors(); n < 16 {
		t.Errorf("Descriptors() = %d", n)
	}
}
