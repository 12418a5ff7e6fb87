package sasl

import (
	"errors"
	"strings"
	"testing"

	"github.com/xdg-go/scram"

	"github.com/parley-irc/parley/ircd/accounts"
)

// scramLogin plays a client of the library against an exchange.
func scramLogin(t testing.TB, e Env, name, password, authzid string) (*Exchange, error) {
	t.Helper()
	client, err := scram.SHA256.NewClient(name, password, authzid)
	if err != nil {
		t.Fatal(err)
	}
	conv := client.NewConversation()
	x := start(t, "SCRAM-SHA-256", e)
	var challenge []byte
	for range 2 {
		message, err := conv.Step(string(challenge))
		if err != nil {
			t.Fatal(err)
		}
		var done bool
		challenge, done, err = x.Step(ctx, []byte(message))
		if err != nil {
			return x, err
		}
		if _, ok := x.Proof(); done || ok {
			t.Error("done before the client has checked the server")
		}
	}
	if _, err := conv.Step(string(challenge)); err != nil || !conv.Valid() {
		t.Errorf("the server has not proved itself: %v", err)
	}
	_, done, err := x.Step(ctx, nil)
	if done != (err == nil) {
		t.Errorf("done %v, %v", done, err)
	}
	return x, err
}

func TestScram(t *testing.T) {
	e := testEnv(t)
	for _, tt := range []struct {
		name, password, authzid string
		ok                      bool
	}{
		{"jilles", "sesame", "", true},
		{"JILLES", "sesame", "jilles", true},
		{"jilles", "millet", "", false},
		{"jilles", "sesame", "other", false},
		{"nobody", "sesame", "", false},
		{"other", "sesame", "", false},
	} {
		x, err := scramLogin(t, e, tt.name, tt.password, tt.authzid)
		p, ok := x.Proof()
		if ok != tt.ok || (err == nil) != tt.ok || ok && (p.Account() != "Jilles" || p.Method() != accounts.Scram) {
			t.Errorf("%+v: %+v, %v", tt, p, err)
		}
	}
}

// TestScramUnknown tests that the first answer does not tell whether there is an
// account, also when one asks twice.
func TestScramUnknown(t *testing.T) {
	e := testEnv(t)
	salt := func(name string) string {
		x := start(t, "SCRAM-SHA-256", e)
		challenge, _, err := x.Step(ctx, []byte("n,,n="+name+",r=nonce"))
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(challenge), ",")
		return rest
	}
	known, unknown := salt("jilles"), salt("nobody")
	if len(known) != len(unknown) || known[len(known)-7:] != unknown[len(unknown)-7:] {
		t.Errorf("%q looks different from %q", known, unknown)
	}
	if unknown != salt("NOBODY") || unknown == salt("nobody2") {
		t.Error("the salt of an account that does not exist is not its own")
	}
}

func TestScramMalformed(t *testing.T) {
	e := testEnv(t)
	for _, messages := range [][]string{
		{""}, {"n,,n=,r=x"}, {"p=tls-unique,,n=jilles,r=x"}, {"n,a=other,n=jilles,r=x"},
		{"n,,n=jilles"}, {"n,,n=jil=les,r=x"}, {strings.Repeat(",", 1000)},
		{"n,,n=jilles,r=x", ""}, {"n,,n=jilles,r=x", "c=biws,r=x,p=AAAA"}, {"n,,n=jilles,r=x", "n,,n=jilles,r=x"},
	} {
		x := start(t, "SCRAM-SHA-256", e)
		var err error
		for _, m := range messages {
			_, _, err = x.Step(ctx, []byte(m))
		}
		if _, ok := x.Proof(); ok || !errors.Is(err, ErrFailed) {
			t.Errorf("%q: %v", messages, err)
		}
		if _, _, err := x.Step(ctx, nil); !errors.Is(err, ErrFailed) {
			t.Errorf("%q: a step after the end: %v", messages, err)
		}
	}
}

// TestScramNotEmpty tests that the last message of the client must be empty.
func TestScramNotEmpty(t *testing.T) {
	e := testEnv(t)
	client, _ := scram.SHA256.NewClient("jilles", "sesame", "")
	conv := client.NewConversation()
	x := start(t, "SCRAM-SHA-256", e)
	first, _ := conv.Step("")
	challenge, _, _ := x.Step(ctx, []byte(first))
	final, _ := conv.Step(string(challenge))
	if _, _, err := x.Step(ctx, []byte(final)); err != nil {
		t.Fatal(err)
	}
	if _, done, err := x.Step(ctx, []byte("more")); done || !errors.Is(err, ErrFailed) {
		t.Errorf("%v, %v", done, err)
	}
}

func TestThrottled(t *testing.T) {
	e := testEnv(t)
	for range 10 {
		if _, err := scramLogin(t, e, "jilles", "millet", ""); !errors.Is(err, ErrFailed) {
			t.Fatal(err)
		}
	}
	if _, err := scramLogin(t, e, "jilles", "sesame", ""); !errors.Is(err, accounts.ErrThrottled) || !errors.Is(err, ErrFailed) {
		t.Errorf("after 10 failures: %v", err)
	}
	x := start(t, "PLAIN", e)
	if _, _, err := x.Step(ctx, []byte("\x00jilles\x00sesame")); !errors.Is(err, accounts.ErrThrottled) {
		t.Errorf("by another mechanism: %v", err)
	}
	if _, err := scramLogin(t, e, "other", "password", ""); err != nil {
		t.Errorf("another account: %v", err)
	}
}
