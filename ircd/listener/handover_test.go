package listener

import (
	"io"
	"net"
	"path/filepath"
	"testing"
)

// TestHandover: a client that connects while nobody accepts is served by the next
// listener on the same socket.
func TestHandover(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "unix:" + filepath.Join(t.TempDir(), "irc.sock")} {
		first, err := Listen(Options{Address: address})
		if err != nil {
			t.Fatal(err)
		}
		network, at := first.Addr().Network(), first.Addr().String()
		f, err := first.Handover()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Inheritable(f); err != nil {
			t.Fatal(err)
		}
		first.Close()
		c, err := net.Dial(network, at)
		if err != nil {
			t.Fatal("between the two:", err)
		}
		defer c.Close()
		second, err := Listen(Options{Address: address, Socket: f})
		if err != nil {
			t.Fatal(err)
		}
		defer second.Close()
		if second.Addr().String() != at {
			t.Errorf("it listens on %s, and the first on %s", second.Addr(), at)
		}
		go second.Serve(func(c *Conn) { io.WriteString(c, "here") })
		if b, err := io.ReadAll(c); string(b) != "here" {
			t.Errorf("%s: %q, %v", address, b, err)
		}
	}
}
