package listener

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// clientTLS returns a client that believes any certificate.
func clientTLS(c net.Conn, config *tls.Config) *tls.Conn {
	if config == nil {
		config = &tls.Config{}
	}
	config = config.Clone()
	config.InsecureSkipVerify = true
	return tls.Client(c, config)
}

func TestTLS(t *testing.T) {
	own, err := tls.LoadX509KeyPair(paths(newPair(t, "alice")))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(own.Certificate[0])
	cache := tls.NewLRUClientSessionCache(4)
	l, conns := serve(t, Options{TLS: serverTLS(t)})
	cases := []struct {
		name, fp string
		config   *tls.Config
		resumed  bool
	}{
		{"anonymous", "", &tls.Config{ServerName: "irc.example.org"}, false},
		{"TLS 1.2", "", &tls.Config{ServerName: "irc.example.org", MaxVersion: tls.VersionTLS12}, false},
		{"ALPN", "", &tls.Config{ServerName: "irc.example.org", NextProtos: []string{"irc"}}, false},
		{"certificate", hex.EncodeToString(sum[:]), &tls.Config{ServerName: "irc.example.org", Certificates: []tls.Certificate{own}, ClientSessionCache: cache}, false},
		{"resumption", hex.EncodeToString(sum[:]), &tls.Config{ServerName: "irc.example.org", Certificates: []tls.Certificate{own}, ClientSessionCache: cache}, true},
	}
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			client := clientTLS(dial(t, l), tt.config)
			write(t, client, "NICK alice\r\n")
			c := accepted(t, conns)
			if !c.Secure || c.CertFP != tt.fp || c.SNI != "irc.example.org" || !c.Remote.IsValid() {
				t.Errorf("%+v", c)
			}
			if s := readLine(t, bufio.NewReader(c)); s != "NICK alice\r\n" {
				t.Errorf("read %q", s)
			}
			write(t, c, "PING 1\r\n") // with it comes the session ticket
			readLine(t, bufio.NewReader(client))
			if r := client.ConnectionState().DidResume; r != tt.resumed {
				t.Errorf("resumed: %v", r)
			}
		})
	}
}

func TestTLSRefuses(t *testing.T) {
	l, conns := serve(t, Options{TLS: serverTLS(t)})
	strict, strictConns := serve(t, Options{TLS: TLSConfig(certificates(t, "irc.example.org"), "1.3")})
	web, webConns := serve(t, Options{TLS: serverTLS(t), WebSocket: true})
	cases := []struct {
		name   string
		l      *Listener
		config *tls.Config
	}{
		{"TLS 1.1", l, &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}},
		{"TLS 1.2 where 1.3 is required", strict, &tls.Config{MaxVersion: tls.VersionTLS12}},
		{"a browser", l, &tls.Config{NextProtos: []string{"h2", "http/1.1"}}},
		{"IRC to a WebSocket listener", web, &tls.Config{NextProtos: []string{"irc"}}},
	}
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			if err := clientTLS(dial(t, tt.l), tt.config).Handshake(); err == nil {
				t.Error("the handshake succeeded")
			}
		})
	}
	if len(conns)+len(strictConns)+len(webConns) > 0 {
		t.Error("handed over")
	}
	if s := readAll(t, dialWrite(t, l, "NICK alice\r\nUSER a 0 * :a\r\n")); strings.Contains(s, ":") {
		t.Errorf("plaintext is answered %q", s)
	}
}

func dialWrite(t *testing.T, l *Listener, s string) net.Conn {
	c := dial(t, l)
	write(t, c, s)
	return c
}

// TestCertificates tests selection by name, reloading, and that a failed reload
// changes nothing.
func TestCertificates(t *testing.T) {
	one, wild, other := newPair(t, "irc.example.org"), newPair(t, "*.example.net"), newPair(t, "new.example.org")
	var certs Certificates
	if err := certs.Load(nil); err == nil {
		t.Error("loading nothing succeeded")
	}
	if !certs.Expires().IsZero() {
		t.Error("nothing expires")
	}
	if err := certs.Load([]Pair{one, wild}); err != nil {
		t.Fatal(err)
	}
	l, _ := serve(t, Options{TLS: TLSConfig(&certs, "1.2")})
	name := func(sni string) string {
		t.Helper()
		client := clientTLS(dial(t, l), &tls.Config{ServerName: sni})
		if err := client.Handshake(); err != nil {
			t.Fatal(err)
		}
		return client.ConnectionState().PeerCertificates[0].Subject.CommonName
	}
	for sni, want := range map[string]string{
		"irc.example.org": "irc.example.org", "IRC.Example.ORG": "irc.example.org",
		"a.example.net": "*.example.net", "b.a.example.net": "irc.example.org", "": "irc.example.org",
	} {
		if got := name(sni); got != want {
			t.Errorf("%q gets %s, want %s", sni, got, want)
		}
	}
	if d := time.Until(certs.Expires()); d <= 0 || d > time.Hour {
		t.Errorf("expires in %v", d)
	}
	broken := Pair{one.Cert, wild.Key}
	if err := certs.Load([]Pair{other, broken}); err == nil || !strings.Contains(err.Error(), one.Cert) {
		t.Errorf("a key of another certificate: %v", err)
	}
	if got := name("irc.example.org"); got != "irc.example.org" {
		t.Errorf("after a failed reload: %s", got)
	}
	if err := certs.Load([]Pair{other}); err != nil {
		t.Fatal(err)
	}
	if got := name("irc.example.org"); got != "new.example.org" {
		t.Errorf("after a reload: %s", got)
	}
}

func TestSelfSigned(t *testing.T) {
	now := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	certPEM, keyPEM, err := SelfSigned([]string{"irc.example.org", "127.0.0.1", "::1"}, now, 24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(certPEM)
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range []string{"irc.example.org", "127.0.0.1", "::1"} {
		if err := cert.VerifyHostname(h); err != nil {
			t.Error(err)
		}
	}
	if !cert.NotAfter.Equal(now.Add(24*time.Hour)) || cert.NotBefore.After(now) || cert.IsCA {
		t.Errorf("valid from %v to %v, CA: %v", cert.NotBefore, cert.NotAfter, cert.IsCA)
	}
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := pair.PrivateKey.(*ecdsa.PrivateKey); !ok {
		t.Errorf("the key is %T", pair.PrivateKey)
	}
	if _, _, err := SelfSigned(nil, now, time.Hour); err == nil {
		t.Error("no host is accepted")
	}
}

func TestWriteSelfSigned(t *testing.T) {
	p := newPair(t, "irc.example.org")
	if info, err := os.Stat(p.Key); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's mode: %v, %v", info.Mode(), err)
	}
	before, _ := os.ReadFile(p.Key)
	fresh := filepath.Join(t.TempDir(), "cert.pem")
	for _, cert := range []string{p.Cert, fresh} {
		if err := WriteSelfSigned(cert, p.Key, []string{"x.example"}, time.Now(), time.Hour); !errors.Is(err, fs.ErrExist) {
			t.Errorf("overwriting: %v", err)
		}
	}
	if after, _ := os.ReadFile(p.Key); !slices.Equal(before, after) {
		t.Error("the key was overwritten")
	}
	if left, _ := filepath.Glob(filepath.Dir(p.Key) + "/.new-*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestGate tests that handshakes hold no place in the gate while they wait for
// the client: more than fit are half way at once, and all end.
func TestGate(t *testing.T) {
	l, conns := serve(t, Options{TLS: serverTLS(t)})
	n := cap(l.gate) + 2
	for range n {
		dialWrite(t, l, "\x16\x03\x01\x02") // the start of a hello that never ends
	}
	var clients sync.WaitGroup
	for range 4 * n {
		c := dial(t, l)
		clients.Go(func() {
			if err := clientTLS(c, nil).Handshake(); err != nil {
				t.Error(err)
			}
		})
	}
	for range 4 * n {
		accepted(t, conns)
	}
	clients.Wait()
	if len(l.gate) != 0 {
		t.Errorf("%d places are still held", len(l.gate))
	}
}

func paths(p Pair) (cert, key string) { return p.Cert, p.Key }
