package listener

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"testing"
	"time"
)

// TestRecords tests that what a client reads at first is in records that it can read at
// once, and that later records are larger.
func TestRecords(t *testing.T) {
	certPEM, keyPEM, err := SelfSigned([]string{"irc.example.org"}, time.Now(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := net.Pipe()
	defer ours.Close()
	defer theirs.Close()
	server := &careful{tls.Server(ours, &tls.Config{Certificates: []tls.Certificate{pair}}), carefully}
	client := tls.Client(theirs, &tls.Config{InsecureSkipVerify: true})
	sent := bytes.Repeat([]byte("0123456789abcde\n"), 3*carefully/16)
	go func() {
		defer server.Close()
		for rest := sent; len(rest) > 0; {
			n, err := server.Write(rest[:min(len(rest), 10_000)])
			if err != nil {
				return
			}
			rest = rest[n:]
		}
	}()
	var got []byte
	largest := 0
	buf := make([]byte, 32<<10)
	for {
		// A read returns no more than what one record has.
		n, err := client.Read(buf)
		if got = append(got, buf[:n]...); len(got) <= carefully && n > record {
			t.Fatalf("a record of %d bytes after %d", n, len(got)-n)
		}
		largest = max(largest, n)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(got, sent) || largest <= record {
		t.Errorf("%d of %d bytes have come, in records of at most %d", len(got), len(sent), largest)
	}
}
