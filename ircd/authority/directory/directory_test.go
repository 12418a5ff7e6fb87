package directory

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/accounts"
)

const base = "ou=people,dc=example,dc=org"

func people() map[string]person {
	of := func(name string, more ...string) map[string][]string {
		return map[string][]string{
			"uid": append([]string{name}, more...), "mail": {name + "@example.org"}, "entryUUID": {"uuid of " + name},
			"memberOf": {"cn=all,dc=example,dc=org", "CN=IRC, dc=example,dc=org"},
		}
	}
	all := map[string]person{
		"cn=parley,dc=example,dc=org":       {password: "searches"},
		"uid=alice," + base:                 {"wonderland", of("alice")},
		"uid=twin1," + base:                 {"twin", of("twin")},
		"uid=twin2," + base:                 {"twin", of("twin")},
		`uid=a\2ab,` + base:                 {"star", of("a*b")},
		"uid=broken," + base:                {"broken", of("broken")},
		"uid=guest," + base:                 {"guest", map[string][]string{"uid": {"guest"}}},
		"uid=nameless," + base:              {"nameless", map[string][]string{"memberOf": {"cn=irc,dc=example,dc=org"}}},
		"uid=elsewhere,dc=example,dc=com":   {"elsewhere", of("elsewhere")},
		"uid=mallory\\,ou\\=admins," + base: {"mallory", of("mallory")},
	}
	return all
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func open(t testing.TB, s *server, o Options) *Directory {
	t.Helper()
	if o.URL == "" {
		o.URL = "ldap://" + s.Addr().String()
	}
	o.Name, o.Email, o.GroupAttribute, o.Workers = "uid", "mail", "memberOf", 4
	o.Groups = []string{"cn=irc,dc=example,dc=org"}
	o.Log, o.Rule = slog.New(slog.DiscardHandler), accounts.Rule{Create: true}
	if o.Timeout == 0 {
		o.Timeout = 20 * time.Second
	}
	d, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func check(d *Directory, name, pw string) (accounts.Identity, error) {
	id, _, err := d.Check(context.Background(), name, pw, netip.Addr{})
	return id, err
}

func TestCheck(t *testing.T) {
	s := serve(t, listen(t), &server{people: people()})
	searching := Options{BindDN: "cn=parley,dc=example,dc=org", BindPassword: "searches", Base: base, Filter: "(uid=%s)"}
	template := Options{User: "uid=%s," + base}
	for _, tt := range []struct {
		name, pw         string
		template, search error
	}{
		{"alice", "wonderland", nil, nil},
		{"alice", "wrong", accounts.ErrCredentials, accounts.ErrCredentials},
		{"alice", "", accounts.ErrCredentials, accounts.ErrCredentials},
		{"", "wonderland", accounts.ErrCredentials, accounts.ErrCredentials},
		{"nobody", "wonderland", accounts.ErrCredentials, accounts.ErrCredentials},
		{"guest", "guest", accounts.ErrCredentials, accounts.ErrCredentials}, // of no group
		{"twin", "twin", accounts.ErrCredentials, accounts.ErrAuthority},
		{"broken", "broken", accounts.ErrAuthority, accounts.ErrAuthority},
		{"elsewhere", "elsewhere", accounts.ErrCredentials, accounts.ErrCredentials},
		{"*", "wonderland", accounts.ErrCredentials, accounts.ErrCredentials},
		{"a*b", "star", accounts.ErrCredentials, nil}, // the test server knows no escapes in names
		{"alice)(uid=*", "wonderland", accounts.ErrCredentials, accounts.ErrCredentials},
		{"alice," + base, "wonderland", accounts.ErrCredentials, accounts.ErrCredentials},
		{"nameless", "nameless", accounts.ErrAuthority, accounts.ErrCredentials},
	} {
		for how, o := range map[string]Options{"template": template, "search": searching} {
			want := tt.template
			if how == "search" {
				want = tt.search
			}
			id, err := check(open(t, s, o), tt.name, tt.pw)
			if !errors.Is(err, want) {
				t.Errorf("%s: %q with %q: %v, want %v", how, tt.name, tt.pw, err, want)
			}
			if expected := (accounts.Identity{
				Authority: Name, Subject: fmt.Sprintf("entryUUID:%x", "uuid of "+tt.name), Name: tt.name, Email: tt.name + "@example.org", Confirmed: true,
			}); err == nil && id != expected {
				t.Errorf("%s: %q is %+v", how, tt.name, id)
			}
		}
	}
	if slices.ContainsFunc(s.binds, func(dn string) bool { return strings.HasPrefix(dn, "uid=alice,ou=people,dc=example,dc=org,") }) {
		t.Errorf("a name has become a part of an entry's: %q", s.binds)
	}
	searching.BindPassword = "wrong"
	if _, err := check(open(t, s, searching), "alice", "wonderland"); !errors.Is(err, accounts.ErrAuthority) {
		t.Errorf("who searches is not known: %v", err)
	}
}

// certificate returns a certificate for 127.0.0.1, and in PEM what vouches for it.
func certificate(t testing.TB) (tls.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "ldap"}, NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func TestTLS(t *testing.T) {
	cert, ca := certificate(t)
	_, stranger := certificate(t)
	config := &tls.Config{Certificates: []tls.Certificate{cert}}
	secure := serve(t, tls.NewListener(listen(t), config), &server{people: people()})
	upgrades := serve(t, listen(t), &server{people: people(), tls: config})
	never := serve(t, listen(t), &server{people: people()})
	user := "uid=%s," + base
	for name, tt := range map[string]struct {
		s    *server
		o    Options
		want error
	}{
		"from the beginning":            {secure, Options{URL: "ldaps://" + secure.Addr().String(), CA: ca}, nil},
		"with another authority":        {secure, Options{URL: "ldaps://" + secure.Addr().String(), CA: stranger}, accounts.ErrAuthority},
		"with those of the system":      {secure, Options{URL: "ldaps://" + secure.Addr().String()}, accounts.ErrAuthority},
		"begun":                         {upgrades, Options{StartTLS: true, CA: ca}, nil},
		"begun, with another authority": {upgrades, Options{StartTLS: true, CA: stranger}, accounts.ErrAuthority},
		"begun, but refused":            {never, Options{StartTLS: true, CA: ca}, accounts.ErrAuthority},
	} {
		tt.o.User = user
		if _, err := check(open(t, tt.s, tt.o), "alice", "wonderland"); !errors.Is(err, tt.want) {
			t.Errorf("TLS %s: %v", name, err)
		}
	}
	if len(never.binds) > 0 {
		t.Error("a password was sent without TLS")
	}
}

func TestTrouble(t *testing.T) {
	s := serve(t, listen(t), &server{silent: true})
	o := Options{User: "uid=%s," + base, Timeout: 300 * time.Millisecond}
	if _, err := check(open(t, s, o), "alice", "wonderland"); !errors.Is(err, accounts.ErrAuthority) {
		t.Errorf("silence: %v", err)
	}
	s.Close()
	if _, err := check(open(t, s, o), "alice", "wonderland"); !errors.Is(err, accounts.ErrAuthority) {
		t.Errorf("nobody there: %v", err)
	}
}

func TestNew(t *testing.T) {
	for name, o := range map[string]Options{
		"no certificate": {URL: "ldaps://x", CA: []byte("x")}, "no group": {URL: "ldaps://x", Groups: []string{"irc"}}, "no address": {URL: "ldaps://x:y:z"},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
