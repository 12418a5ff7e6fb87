package sasl

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/accounts/password"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

var (
	ctx  = context.Background()
	cert = strings.Repeat("ab", 32)
)

// testEnv returns an environment with the accounts jilles (password sesame, and the
// certificate cert) and other (password).
func testEnv(t testing.TB) Env {
	st, err := bunt.Open(bunt.Memory)
	if err != nil {
		t.Fatal(err)
	}
	s, err := accounts.Open(ctx, st, accounts.Options{Hash: password.Cheap, ScramIterations: 4096, Tokens: tickets{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(); st.Close() })
	for _, r := range []accounts.Registration{
		{Name: "Jilles", Password: "sesame", Cert: cert},
		{Name: "other", Password: "password"},
	} {
		if _, _, err := s.Register(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	return Env{Prover: s.At(netip.Addr{}), Names: casemap.ASCII}
}

func start(t testing.TB, mech string, e Env) *Exchange {
	t.Helper()
	x, err := All.Start(mech, e)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestTable(t *testing.T) {
	if got := All.String(); got != "SCRAM-SHA-256,EXTERNAL,PLAIN" {
		t.Errorf("All: %s", got)
	}
	some := All.Only("plain", "NONE")
	if some.String() != "PLAIN" {
		t.Errorf("Only: %s", some)
	}
	for _, name := range []string{"", "FOO", "EXTERNAL", strings.Repeat("A", 400)} {
		if _, err := some.Start(name, Env{}); !errors.Is(err, ErrMechanism) {
			t.Errorf("Start(%q): %v", name, err)
		}
	}
	for _, m := range All {
		if len(m.Name) > 20 || strings.Trim(m.Name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
			t.Errorf("%q is not the name of a mechanism", m.Name)
		}
	}
}

func TestPlain(t *testing.T) {
	e := testEnv(t)
	for _, tt := range []struct {
		data string
		want error
	}{
		{"jilles\x00jilles\x00sesame", nil},
		{"\x00jilles\x00sesame", nil},
		{"JILLES\x00jilles\x00sesame", nil},
		{"\x00jilles\x00millet", accounts.ErrCredentials},
		{"\x00nobody\x00sesame", accounts.ErrCredentials},
		{"other\x00jilles\x00sesame", ErrFailed},
		{"\x00\x00sesame", ErrFailed},
		{"\x00jilles\x00", ErrFailed},
		{"\x00jilles\x00sesa\x00me", ErrFailed},
		{"\x00jilles\x00sesame\x00", ErrFailed},
		{"jilles\x00sesame", ErrFailed},
		{"", ErrFailed},
		{"\x00jilles\x00\xff", ErrFailed},
		{"\x00:jilles 1\x00sesame", accounts.ErrCredentials},
	} {
		x := start(t, "PLAIN", e)
		_, done, err := x.Step(ctx, []byte(tt.data))
		p, ok := x.Proof()
		if !errors.Is(err, tt.want) || tt.want != nil && !errors.Is(err, ErrFailed) || done != (tt.want == nil) || ok != done {
			t.Errorf("%q: %v, %v, %+v; want %v", tt.data, done, err, p, tt.want)
		}
		if ok && (p.Account() != "Jilles" || p.Method() != accounts.Password) {
			t.Errorf("%q proves %+v", tt.data, p)
		}
		if _, done, err := x.Step(ctx, []byte("\x00jilles\x00sesame")); done || !errors.Is(err, ErrFailed) {
			t.Errorf("%q: a step after the end: %v, %v", tt.data, done, err)
		}
	}
}

func TestExternal(t *testing.T) {
	e := testEnv(t)
	for _, tt := range []struct {
		fingerprint, authzid string
		ok                   bool
	}{
		{cert, "", true},
		{cert, "jilles", true},
		{cert, "other", false},
		{"", "", false},
		{"", "jilles", false},
		{strings.Repeat("cd", 32), "", false},
		{strings.Repeat("cd", 32), "jilles", false},
	} {
		e.Fingerprint = tt.fingerprint
		x := start(t, "EXTERNAL", e)
		_, done, err := x.Step(ctx, []byte(tt.authzid))
		if p, ok := x.Proof(); ok != tt.ok || done != tt.ok || (err == nil) != tt.ok || ok && p.Account() != "Jilles" {
			t.Errorf("%q as %q: %+v, %v", tt.fingerprint, tt.authzid, p, err)
		}
	}
}

func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := start(t, "PLAIN", Env{Timeout: 10 * time.Second})
		if time.Until(x.Deadline()) != 10*time.Second {
			t.Errorf("deadline %v", x.Deadline())
		}
		time.Sleep(11 * time.Second)
		if _, done, err := x.Step(ctx, []byte("\x00jilles\x00sesame")); done || !errors.Is(err, ErrFailed) {
			t.Errorf("a late step: %v, %v", done, err)
		}
	})
}

// TestFeed plays what clients send, line by line.
func TestFeed(t *testing.T) {
	long := "AGVtZXJzaW9u" + strings.Repeat("QUFB", 97) // 400 bytes: a name without a password yet
	for _, tt := range []struct {
		name  string
		lines []string
		want  error
		done  bool
	}{
		{"plain", []string{"amlsbGVzAGppbGxlcwBzZXNhbWU="}, nil, true},
		{"abort", []string{"*"}, ErrAborted, false},
		{"abort in the middle", []string{long, "*"}, ErrAborted, false},
		{"after an abort", []string{"*", "amlsbGVzAGppbGxlcwBzZXNhbWU="}, ErrFailed, false},
		{"too long", []string{strings.Repeat("A", 401)}, ErrTooLong, false},
		{"not base64", []string{"!!!"}, ErrFailed, false},
		{"empty", []string{"+"}, ErrFailed, false},
		{"endless", slices.Repeat([]string{long}, 41), ErrFailed, false},
	} {
		x := start(t, "PLAIN", testEnv(t))
		var err error
		var done bool
		for _, line := range tt.lines {
			_, done, err = x.Feed(ctx, line)
		}
		if _, ok := x.Proof(); !errors.Is(err, tt.want) || done != tt.done || ok != done {
			t.Errorf("%s: %v, %v", tt.name, done, err)
		}
	}
}
