package mail

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// A testServer is a mail server that keeps what it gets.
type testServer struct {
	*smtp.Server
	port  int
	roots *x509.CertPool

	mu       sync.Mutex
	user     string // who may send; "": everybody
	refusals []*smtp.SMTPError
	got      []received
	tls      bool // the last one came over TLS
	arrived  chan struct{}
}

type received struct {
	from, to string
	raw      []byte
	message  *netmail.Message
}

// text returns the body as a person reads it.
func (r received) text(t testing.TB) string {
	t.Helper()
	b, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(bodyOf(r.raw))))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func bodyOf(raw []byte) []byte {
	_, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	return body
}

func newServer(t *testing.T, implicit bool) *testServer {
	t.Helper()
	s := &testServer{arrived: make(chan struct{}, 100)}
	s.Server = smtp.NewServer(s)
	s.Domain = "localhost"
	cert, roots := certificate(t)
	s.roots = roots
	s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}}
	s.AllowInsecureAuth = true
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.port = l.Addr().(*net.TCPAddr).Port
	if implicit {
		l = tls.NewListener(l, s.TLSConfig)
	}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return s
}

func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	c, _ := x509.ParseCertificate(der)
	roots := x509.NewCertPool()
	roots.AddCert(c)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

// refuse makes the server refuse the next messages.
func (s *testServer) refuse(errs ...*smtp.SMTPError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusals = append(s.refusals, errs...)
}

// next returns the next message, which must come soon.
func (s *testServer) next(t *testing.T) received {
	t.Helper()
	select {
	case <-s.arrived:
	case <-time.After(10 * time.Second):
		t.Fatal("no mail has arrived")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.got[0]
	s.got = s.got[1:]
	return r
}

func (s *testServer) NewSession(c *smtp.Conn) (smtp.Session, error) {
	_, secure := c.TLSConnectionState()
	return &testSession{s: s, secure: secure}, nil
}

type testSession struct {
	s      *testServer
	secure bool
	authed bool
	r      received
}

func (x *testSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (x *testSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != x.s.user || password != "sesame" {
			return errors.New("wrong")
		}
		x.authed = true
		return nil
	}), nil
}

func (x *testSession) Mail(from string, _ *smtp.MailOptions) error {
	if x.s.user != "" && !x.authed {
		return &smtp.SMTPError{Code: 530, Message: "log in first"}
	}
	x.r.from = from
	return nil
}

func (x *testSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	if len(x.s.refusals) > 0 {
		err := x.s.refusals[0]
		x.s.refusals = x.s.refusals[1:]
		return err
	}
	x.r.to = to
	return nil
}

func (x *testSession) Data(r io.Reader) (err error) {
	if x.r.raw, err = io.ReadAll(r); err != nil {
		return err
	}
	if x.r.message, err = netmail.ReadMessage(bytes.NewReader(x.r.raw)); err != nil {
		return err
	}
	x.s.mu.Lock()
	x.s.got, x.s.tls = append(x.s.got, x.r), x.secure
	x.s.mu.Unlock()
	x.s.arrived <- struct{}{}
	return nil
}

func (x *testSession) Reset()        {}
func (x *testSession) Logout() error { return nil }

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%q is not in\n%s", p, text)
		}
	}
}
