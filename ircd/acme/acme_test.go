package acme

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"log/slog"
	"math/big"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// issue writes a certificate of these names, of whose lifetime so much has passed.
func issue(t *testing.T, o *Options, lifetime, passed time.Duration, names ...string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now().Add(-passed)
	x := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: names, NotBefore: begin, NotAfter: begin.Add(lifetime)}
	der, err := x509.CreateCertificate(rand.Reader, x, x, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.keep([][]byte{der}, key); err != nil {
		t.Fatal(err)
	}
}

// TestDue: another certificate is got when a third of the time is left, when the names are
// others, and when what there is does not read.
func TestDue(t *testing.T) {
	const month = 30 * 24 * time.Hour
	o := Options{Domains: []string{"irc.tea.example", "tea.example"}, Folder: t.TempDir(), Log: slog.New(slog.DiscardHandler)}
	m := New(o)
	if due := m.due(&o); due > 0 {
		t.Errorf("without one, it is due in %v", due)
	}
	issue(t, &o, 3*month, 0, "tea.example", "irc.tea.example")
	if due := m.due(&o); due < 2*month-time.Hour || due > 2*month+month/20 {
		t.Errorf("at first, it is due in %v", due)
	}
	issue(t, &o, 3*month, 2*month+month/10, "tea.example", "irc.tea.example")
	if due := m.due(&o); due > 0 {
		t.Errorf("near the end, it is due in %v", due)
	}
	for _, names := range [][]string{{"tea.example"}, {"tea.example", "irc.tea.example", "mate.example"}} {
		issue(t, &o, 3*month, 0, names...)
		if due := m.due(&o); due > 0 {
			t.Errorf("for %v, it is due in %v", names, due)
		}
	}
	path, ok := File(o.Folder)
	if info, err := os.Stat(path); !ok || err != nil || info.Mode().Perm() != 0o600 {
		t.Error(path, ok, info, err)
	}
	os.WriteFile(path, []byte("nothing"), 0o600)
	if due := m.due(&o); due > 0 {
		t.Errorf("damaged, it is due in %v", due)
	}
}

// TestHandler: nothing is answered but what an authority looks for.
func TestHandler(t *testing.T) {
	m := New(Options{})
	m.tokens["/.well-known/acme-challenge/abc"] = "abc.def"
	for path, want := range map[string]int{"/.well-known/acme-challenge/abc": 200, "/.well-known/acme-challenge/ab": 404, "/": 404} {
		w := httptest.NewRecorder()
		m.Handler().ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != want || want == 200 && w.Body.String() != "abc.def" {
			t.Errorf("%s is %d %s", path, w.Code, w.Body)
		}
	}
	if _, err := m.Challenge("tea.example"); err == nil || !strings.Contains(err.Error(), "no certificate is asked for") {
		t.Error(err)
	}
}

// TestAccountKey: the key of the account stays the same.
func TestAccountKey(t *testing.T) {
	o := Options{Folder: t.TempDir()}
	first, err := o.accountKey()
	if err != nil {
		t.Fatal(err)
	}
	again, err := o.accountKey()
	if err != nil || !first.Equal(again) {
		t.Error(err)
	}
}
