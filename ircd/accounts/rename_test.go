package accounts

import (
	"context"
	"errors"
	"testing"

	"github.com/parley-irc/parley/ircd/store"
)

// alone is Rename with nothing else to change.
func alone(context.Context, string, string) ([]store.Op, error) { return nil, nil }

// TestRename: all that is kept of an account goes along, and who follows its changes
// never sees it removed.
func TestRename(t *testing.T) {
	st := openStore(t)
	s := openService(t, st, options(&clock{}))
	for _, name := range []string{"alice", "bob"} {
		_, _, err := s.Register(ctx, Registration{Name: name, Password: "secret-tea"})
		must(t, err)
	}
	must(t, s.AddCert(ctx, "alice", fp(1), "laptop"))
	must(t, s.AddNick(ctx, "alice", "ally"))
	for _, shelf := range append([]string{store.Markers}, store.OfAccount...) {
		if shelf != store.Logins {
			_, err := st.Put(ctx, shelf, "alice", []byte(`{}`), 0)
			must(t, err)
		}
	}
	var goes, comes *Account
	s.OnChange(func(old, a *Account) {
		if a == nil {
			goes, comes = old, s.Successor(old)
		}
	})
	for name, want := range map[string]error{"bob": ErrExists, "b0b": ErrConfusable, "a b": ErrName, "alice": ErrAlready} {
		if err := s.Rename(ctx, "alice", name, alone); !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	stop := errors.New("not so")
	if err := s.Rename(ctx, "alice", "amanda", func(context.Context, string, string) ([]store.Op, error) { return nil, stop }); !errors.Is(err, stop) {
		t.Error(err)
	}
	must(t, s.Rename(ctx, "alice", "amanda", alone))
	if goes == nil || goes.Name != "alice" || comes == nil || comes.Name != "amanda" {
		t.Errorf("who follows sees %v go and %v come", goes, comes)
	}
	must(t, consistent(st, s))
	for _, name := range []string{"alice", "ally", "Amanda"} {
		if a := s.Lookup(name); a == nil || a.Name != "amanda" {
			t.Errorf("%s is %v", name, a)
		}
	}
	check(t, s, "alice", "secret-tea", nil)
	if rec := s.index.byCert(fp(1)); rec == nil || rec.Name != "amanda" {
		t.Error("the certificate is not hers")
	}
	for _, shelf := range append([]string{store.Markers}, store.OfAccount...) {
		if _, err := st.Get(ctx, shelf, "amanda"); shelf != store.Logins && err != nil {
			t.Errorf("%s: %v", shelf, err)
		}
		if _, err := st.Get(ctx, shelf, "alice"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s has a record of nobody: %v", shelf, err)
		}
	}
	must(t, s.Rename(ctx, "amanda", "Amanda", alone))
	must(t, s.Rename(ctx, "amanda", "alice", alone)) // and back
	must(t, consistent(st, s))
	if a := s.Lookup("amanda"); a == nil || a.Name != "alice" {
		t.Errorf("amanda is %v", a)
	}
}
