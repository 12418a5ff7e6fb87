package server

import (
	"crypto/tls"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parley-irc/parley/ircd/listener"
)

const (
	plainAt = "[[listener]]\naddress = \"127.0.0.1:0\"\n"
	tlsAt   = "[[listener]]\naddress = \"127.0.0.2:0\"\ntls = true\n"
	webAt   = "[[listener]]\naddress = \"127.0.0.3:0\"\nwebsocket = true\n"
	unixAt  = "[[listener]]\naddress = \"unix:irc.sock\"\n"
)

func TestListeners(t *testing.T) {
	r := start(t, plainAt+tlsAt+webAt+unixAt)
	for i, secure := range []bool{false, true} {
		if err := r.greeted("tcp", r.address(i), secure); err != nil {
			t.Errorf("%s: %v", r.address(i), err)
		}
	}
	if err := r.greeted("unix", filepath.Join(r.dir, "irc.sock"), false); err != nil {
		t.Errorf("unix socket: %v", err)
	}
	contains(t, r.log.String(), `for="IRC with TLS"`, "for=WebSocket", "address=unix:"+r.dir)
}

// TestRelisten changes listeners, by rehashes, in all ways.
func TestRelisten(t *testing.T) {
	r := start(t, plainAt)
	first := r.address(0)

	r.configure(plainAt + tlsAt)
	contains(t, r.rehash(), "listener[127.0.0.2:0] is new")
	if r.address(0) != first {
		t.Error("a listener that stays was opened again")
	}
	second := r.address(1)
	if err := r.greeted("tcp", second, true); err != nil {
		t.Fatal(err)
	}

	// The other's options change, at the same address.
	at := func(address, more string) string { return "[[listener]]\naddress = \"" + address + "\"\n" + more }
	r.configure(plainAt + at(second, ""))
	r.rehash()
	r.configure(plainAt + at(second, "tls = true\n"))
	r.rehash()
	if err := r.greeted("tcp", second, true); err != nil {
		t.Errorf("%s after it was changed: %v", second, err)
	}

	r.configure(at(second, "tls = true\n"))
	contains(t, r.rehash(), "listener[127.0.0.1:0] is gone")
	if c, err := net.Dial("tcp", first); err == nil {
		c.Close()
		t.Error("a listener that is gone accepts")
	}
}

// TestRelistenFails checks that a rehash which cannot open a listener leaves
// everything as it was: also what had to be closed to make room.
func TestRelistenFails(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.4:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	r := start(t, plainAt+tlsAt)
	was := r.Listening()

	busy := "[[listener]]\naddress = \"" + taken.Addr().String() + "\"\n"
	for _, config := range []string{
		plainAt + tlsAt + busy,
		busy, // the others are to be closed first
		plainAt + "proxy = true\n" + busy + "[limits]\nnick-length = 9\n",
	} {
		r.configure(config)
		report, err := r.Rehash()
		if err == nil || !strings.Contains(err.Error(), taken.Addr().String()) {
			t.Fatalf("%q, %v", report, err)
		}
		now := r.Listening()
		if len(now) != 2 {
			t.Fatalf("it listens on %v", now)
		}
		for i, l := range now {
			if err := r.greeted("tcp", l.Address, l.TLS); err != nil {
				t.Errorf("%v after %q: %v", was[i], config, err)
			}
		}
	}
	if n := r.Config().Limits.NickLength; n == 9 {
		t.Error("the limits have changed")
	}
}

// TestCertificates renews a certificate while the server runs.
func TestCertificates(t *testing.T) {
	r := start(t, tlsAt)
	if err := r.greeted("tcp", r.address(0), true); err != nil {
		t.Fatal(err)
	}
	address := r.address(0)
	files := "[tls]\ncert = \"new.crt\"\nkey = \"new.key\"\n"
	r.configure(tlsAt + files)
	if _, err := r.Rehash(); err == nil || !strings.Contains(err.Error(), "parley.toml:9: tls.cert: cannot be used") {
		t.Fatalf("without the files: %v", err)
	}
	cert, key, err := listener.SelfSigned([]string{"new.example"}, r.started, selfSignedFor)
	if err != nil {
		t.Fatal(err)
	}
	r.write("new.crt", string(cert))
	r.write("new.key", string(key))
	r.rehash()
	c, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if names := c.ConnectionState().PeerCertificates[0].DNSNames; len(names) != 1 || names[0] != "new.example" {
		t.Errorf("the certificate is that of %v", names)
	}
	if !exists(filepath.Join(r.dir, "data", "tls.key")) {
		t.Error("the first certificate is gone")
	}
}
