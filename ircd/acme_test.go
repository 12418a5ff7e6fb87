package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/letsencrypt/challtestsrv"
	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
)

// lifetime is how long certificates of the authority are valid, in seconds: they are
// renewed when a third is left.
const lifetime = 12

// An authority issues certificates, like that of Let's Encrypt: it is the one by which they
// test their clients. It finds every domain on this machine.
type authority struct {
	*httptest.Server
	root *x509.CertPool
	file string // the certificate of its own service
}

func newAuthority(t *testing.T, httpPort, tlsPort int) *authority {
	t.Helper()
	quiet := log.New(io.Discard, "", 0)
	resolver := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	names, err := challtestsrv.New(challtestsrv.Config{DNSAddrs: []string{resolver}, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	names.SetDefaultDNSIPv4("127.0.0.1")
	names.SetDefaultDNSIPv6("")
	go names.Run()
	t.Cleanup(names.Shutdown)
	store := db.NewMemoryStore()
	issuer := ca.New(quiet, store, "", "ecdsa", 0, 1, map[string]ca.Profile{"default": {Description: "short", ValidityPeriod: lifetime}})
	judge := va.New(quiet, httpPort, tlsPort, false, resolver, store)
	front := wfe.New(quiet, store, judge, issuer, []string{"pebble.example"}, false, false, 1, 1)
	a := &authority{Server: httptest.NewTLSServer(front.Handler()), root: x509.NewCertPool()}
	t.Cleanup(a.Close)
	a.root.AppendCertsFromPEM(issuer.GetRootCert(0).PEM())
	a.file = filepath.Join(t.TempDir(), "authority.crt")
	writeFile(t, a.file, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Certificate().Raw})))
	return a
}

// freePort returns a port that is free for now.
func freePort(t *testing.T) int {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port
}

// serves returns the certificate that a server shows for a name.
func serves(t *testing.T, address, name string) *x509.Certificate {
	t.Helper()
	c, err := tls.Dial("tcp", address, &tls.Config{ServerName: name, InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.ConnectionState().PeerCertificates[0]
}

// TestACME: a server gets a certificate for its names while it runs, serves it, and renews
// it in time, by each way in which an authority looks whether the names lead there. Who is
// connected stays, and an authority that is gone takes nothing away.
func TestACME(t *testing.T) {
	t.Setenv("PEBBLE_VA_NOSLEEP", "1")
	for _, by := range []string{"http-01", "tls-alpn-01"} {
		t.Run(by, func(t *testing.T) { t.Parallel(); testACME(t, by == "http-01") })
	}
}

func testACME(t *testing.T, byHTTP bool) {
	httpPort, tlsPort := freePort(t), freePort(t)
	a := newAuthority(t, httpPort, tlsPort)
	secure := fmt.Sprintf("127.0.0.1:%d", tlsPort)
	config := quiet + fmt.Sprintf(`
[[listener]]
address = %q
tls = true
[tls.sts]
enabled = true
duration = "1h"
[tls.acme]
enabled = true
accept-terms = true
domains = ["irc.tea.example", "tea.example"]
email = "root@tea.example"
directory = "%s/dir"
ca = %q
`, secure, a.URL, a.file)
	if byHTTP {
		config += fmt.Sprintf("http-listen = \"127.0.0.1:%d\"\n", httpPort)
	}
	p := launch(t, newFolder(t, config))
	alice := connect(t, p.says(`listening address=(127.0.0.1:\d+) for=IRC\n`, 1), "alice")
	alice.conn.SetDeadline(time.Now().Add(4 * patience))
	p.says(`msg="there is a new certificate"`, 1)

	verify := func() *x509.Certificate {
		t.Helper()
		leaf := serves(t, secure, "tea.example")
		c, err := tls.Dial("tcp", secure, &tls.Config{ServerName: "irc.tea.example", RootCAs: a.root})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		fmt.Fprint(c, "CAP LS 302\r\n")
		b := make([]byte, 4096)
		n, _ := c.Read(b)
		if text := string(b[:n]); !strings.Contains(text, "sts=duration=3600") {
			t.Errorf("strict transport security is not told: %s", text)
		}
		return leaf
	}
	first := verify()
	if left := time.Until(first.NotAfter); left > lifetime*time.Second {
		t.Errorf("the certificate is valid for %v", left)
	}
	info, err := os.Stat(filepath.Join(p.cmd.Dir, "data", "acme.pem"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info, err)
	}

	// A connection that has begun keeps what it has; new ones get the new certificate.
	p.says(`msg="there is a new certificate"`, 2)
	second := verify()
	if second.SerialNumber.Cmp(first.SerialNumber) == 0 { // in time, says TestDue; here it depends on the machine
		t.Error("the certificate is not another one")
	}
	alice.send("PING here")
	alice.wait("PONG")

	if !byHTTP {
		return
	}
	// The authority is gone: what there is stays in use, and is there after a restart.
	a.Close()
	p.says(`msg="a certificate could not be got"`, 1)
	if serves(t, secure, "irc.tea.example").SerialNumber.Cmp(second.SerialNumber) != 0 {
		t.Error("the certificate is gone with the authority")
	}
	alice.send("PING there")
	alice.wait("PONG")
	if strings.Contains(p.stderr.String(), "panic") {
		t.Error(p.stderr.String())
	}
}
