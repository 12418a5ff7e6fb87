package authtoken

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

var ctx = context.Background()

func newIssuer(t *testing.T) (*Issuer, *time.Time) {
	st, err := bunt.Open(bunt.Memory)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	now := time.Now()
	return &Issuer{Store: st, Now: func() time.Time { return now }}, &now
}

func count(t *testing.T, i *Issuer) (n int) {
	if err := i.Store.List(ctx, store.Tokens, "", func(store.Record) bool { n++; return true }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTokens(t *testing.T) {
	i, now := newIssuer(t)
	token := Token{Service: "FILEHOST", URL: "https://a.example/", UID: "u", Account: "alice", Owner: now.UTC().Round(0), Scope: "#tea", Expires: now.Add(time.Minute).UTC().Round(0)}
	issue := func() string {
		t.Helper()
		text, err := i.Issue(ctx, token)
		if err != nil || len(text) != 43 || len(text) > MaxLength {
			t.Fatal(text, err)
		}
		return text
	}
	text := issue()
	if got, err := i.Redeem(ctx, text, token.Service, token.URL); err != nil || got != token {
		t.Errorf("%+v, %v", got, err)
	}
	again := issue()
	if again == text {
		t.Error("the same token twice")
	}
	for _, try := range [][3]string{
		{text, token.Service, token.URL}, // a second time
		{"", token.Service, token.URL},
		{"nonsense", token.Service, token.URL},
		{issue(), "OTHER", token.URL},
		{issue(), token.Service, "https://b.example/"},
	} {
		if _, err := i.Redeem(ctx, try[0], try[1], try[2]); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q: %v", try, err)
		}
	}
	*now = now.Add(time.Minute)
	if _, err := i.Redeem(ctx, again, token.Service, token.URL); !errors.Is(err, ErrInvalid) {
		t.Errorf("too late: %v", err)
	}
	if n := count(t, i); n != 0 {
		t.Errorf("%d tokens are left", n)
	}
}

// TestOnce: of many who redeem a token at the same time one does.
func TestOnce(t *testing.T) {
	i, now := newIssuer(t)
	text, err := i.Issue(ctx, Token{Service: "a", Expires: now.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	for range 16 {
		go func() { _, err := i.Redeem(ctx, text, "a", ""); done <- err }()
	}
	won := 0
	for range 16 {
		if err := <-done; err == nil {
			won++
		} else if !errors.Is(err, ErrInvalid) {
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d have redeemed it", won)
	}
}

func TestSweep(t *testing.T) {
	i, now := newIssuer(t)
	for n := range 10 {
		if _, err := i.Issue(ctx, Token{Expires: now.Add(time.Duration(n) * time.Minute)}); err != nil {
			t.Fatal(err)
		}
	}
	*now = now.Add(5 * time.Minute)
	if err := i.Sweep(ctx); err != nil || count(t, i) != 4 {
		t.Errorf("%d are left: %v", count(t, i), err)
	}
}
