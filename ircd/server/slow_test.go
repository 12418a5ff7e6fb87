package server

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// TestSlowReader checks that a client which does not read is disconnected, and
// that its descriptor is given back: TLS would wait to say goodbye.
func TestSlowReader(t *testing.T) {
	r := start(t, plainAt+tlsAt+"[flood]\nenabled = false\n[limits]\nsend-queue = \"16KiB\"\n")
	talker, err := net.Dial("tcp", r.address(0))
	if err != nil {
		t.Fatal(err)
	}
	defer talker.Close()
	slow, err := tls.Dial("tcp", r.address(1), &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	for i, c := range []net.Conn{talker, slow} {
		c.SetDeadline(time.Now().Add(patience))
		fmt.Fprintf(c, "NICK c%d\r\nUSER c 0 * :c\r\nJOIN #tea\r\nPING :joined\r\n", i)
		readUntil(t, c, "PONG")
	}
	// So slowly that the queue is full only when the kernel's buffers are.
	lines := []byte(strings.Repeat("PRIVMSG #tea :"+strings.Repeat("x", 400)+"\r\n", 20) + "PING :sent\r\n")
	heard := ""
	for !strings.Contains(heard, " QUIT ") {
		if _, err := talker.Write(lines); err != nil {
			t.Fatal(err)
		}
		heard = readUntil(t, talker, "PONG")
	}
	contains(t, heard, "SendQ exceeded")
	for begin := time.Now(); r.limiter.Clients() > 1; time.Sleep(time.Millisecond) {
		if time.Since(begin) > patience {
			t.Fatal("the connection of the slow client stays open")
		}
	}
}

// readUntil reads until text has come.
func readUntil(t *testing.T, r io.Reader, text string) string {
	var heard strings.Builder
	b := make([]byte, 4096)
	for !strings.Contains(heard.String(), text) {
		n, err := r.Read(b)
		heard.Write(b[:n])
		if err != nil {
			t.Errorf("no %q: %v", text, err)
			break
		}
	}
	return heard.String()
}
