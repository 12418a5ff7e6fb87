package mail

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/emersion/go-smtp"
	"github.com/wneessen/go-mail"

	"github.com/parley-irc/parley/ircd/outbound"
)

func testMessage(t *testing.T) *mail.Msg {
	t.Helper()
	l := Welcome(About{"alice@example.org", "Tea", "alice"}, "c0de", time.Now().Add(24*time.Hour))
	m, err := l.message(&Options{From: "noreply@tea.example", Network: "Tea"})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestSubmission(t *testing.T) {
	for _, tt := range []struct {
		tls, user, password string
		ok                  bool
	}{
		{StartTLS, "", "", true}, {Implicit, "", "", true}, {Plain, "", "", true},
		{StartTLS, "parley", "sesame", true}, {Implicit, "parley", "sesame", true},
		{StartTLS, "parley", "wrong", false}, {Plain, "parley", "sesame", true},
	} {
		s := newServer(t, tt.tls == Implicit)
		s.user = tt.user
		r := &Relay{Host: "localhost", Port: s.port, TLS: tt.tls, Username: tt.user, Password: tt.password,
			Helo: "irc.tea.example", Timeout: 5 * time.Second, roots: s.roots}
		err := r.Deliver(context.Background(), testMessage(t))
		if (err == nil) != tt.ok {
			t.Errorf("%+v: %v", tt, err)
		}
		if err != nil {
			continue
		}
		got := s.next(t)
		if got.from != "noreply@tea.example" || got.to != "alice@example.org" || s.tls != (tt.tls != Plain) {
			t.Errorf("%+v: from %s to %s, over TLS %v", tt, got.from, got.to, s.tls)
		}
		h := got.message.Header
		if h.Get("From") != `"Tea" <noreply@tea.example>` || h.Get("Auto-Submitted") != "auto-generated" || h.Get("Subject") != "Confirm your account on Tea" {
			t.Errorf("header: %v", h)
		}
		contains(t, got.text(t), "the account alice on Tea", "within 1 day", "/msg NickServ VERIFY alice c0de\r\n")
	}
}

// TestRelayCertificate tests that a password is not given to who only pretends.
func TestRelayCertificate(t *testing.T) {
	for _, how := range []string{StartTLS, Implicit} {
		s := newServer(t, how == Implicit)
		r := &Relay{Host: "localhost", Port: s.port, TLS: how, Username: "parley", Password: "sesame", Helo: "x", Timeout: 5 * time.Second}
		if err := r.Deliver(context.Background(), testMessage(t)); err == nil {
			t.Errorf("%s: an unknown certificate is accepted", how)
		}
	}
}

func direct(s *testServer, hosts ...string) *Direct {
	return &Direct{Helo: "irc.tea.example", Timeout: 5 * time.Second, Private: true, Port: s.port,
		Lookup: func(_ context.Context, domain string) (all []*net.MX, err error) {
			if domain != "example.org." {
				return nil, errors.New("looked up " + domain)
			}
			for _, h := range hosts {
				all = append(all, &net.MX{Host: h})
			}
			return all, nil
		}}
}

func TestDirect(t *testing.T) {
	ctx := context.Background()
	s := newServer(t, false)
	for _, tt := range []struct {
		hosts   []string
		refusal *smtp.SMTPError
		ok      bool
		final   bool
	}{
		{[]string{"localhost."}, nil, true, false},
		{[]string{"localhost.invalid.", "localhost."}, nil, true, false}, // the second one takes it
		{[]string{"localhost."}, &smtp.SMTPError{Code: 550, Message: "no such user"}, false, true},
		{[]string{"localhost."}, &smtp.SMTPError{Code: 450, Message: "later"}, false, false},
		{[]string{"."}, nil, false, true}, // takes no mail
	} {
		if tt.refusal != nil {
			s.refuse(tt.refusal)
		}
		err := direct(s, tt.hosts...).Deliver(ctx, testMessage(t))
		if (err == nil) != tt.ok || errors.Is(err, ErrFinal) != tt.final {
			t.Errorf("%+v: %v", tt, err)
		}
		if err == nil {
			if s.next(t); !s.tls {
				t.Error("TLS was offered and not used")
			}
		}
	}
	d := direct(s, "localhost.")
	d.Private = false
	if err := d.Deliver(ctx, testMessage(t)); !errors.Is(err, outbound.ErrPrivate) {
		t.Errorf("a mail server on this machine: %v", err)
	}
}

// TestSignature tests signatures with another implementation.
func TestSignature(t *testing.T) {
	s := newServer(t, false)
	_, ed, _ := ed25519.GenerateKey(rand.Reader)
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		key  any
		text string
	}{
		{ed, "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(ed.Public().(ed25519.PublicKey))},
		{r, "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(public(t, r))},
	} {
		file := filepath.Join(t.TempDir(), "dkim.pem")
		der, err := x509.MarshalPKCS8PrivateKey(tt.key)
		if err != nil {
			t.Fatal(err)
		}
		os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600)
		d := direct(s, "localhost.")
		if d.Signer, err = ReadSigner("tea.example", "parley", file); err != nil {
			t.Fatal(err)
		}
		if err := d.Deliver(context.Background(), testMessage(t)); err != nil {
			t.Fatal(err)
		}
		raw := s.next(t).raw
		asked := ""
		verify := func(raw []byte) (int, error) {
			v, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
				asked = name
				return []string{tt.text}, nil
			}})
			if err != nil || len(v) == 0 {
				return len(v), err
			}
			return len(v), v[0].Err
		}
		if n, err := verify(raw); n != 1 || err != nil || asked != "parley._domainkey.tea.example" {
			t.Errorf("%T: %d signatures, %v, by %s", tt.key, n, err, asked)
		}
		if _, err := verify(bytes.Replace(raw, []byte("c0de"), []byte("0dec"), 1)); err == nil {
			t.Errorf("%T: the signature is of any text", tt.key)
		}
	}
	if _, err := ReadSigner("tea.example", "parley", filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a key that is not there")
	}
}

func public(t *testing.T, k *rsa.PrivateKey) []byte {
	t.Helper()
	b, err := x509.MarshalPKIXPublicKey(&k.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
