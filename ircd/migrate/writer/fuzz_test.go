package writer

import (
	"bytes"
	"log/slog"
	"os"
	"testing"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/migrate"
	"github.com/parley-irc/parley/ircd/migrate/anope"
	"github.com/parley-irc/parley/ircd/migrate/atheme"
	"github.com/parley-irc/parley/ircd/migrate/ergo"
	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

// FuzzWrite tests that whatever a file holds, the server can start with what has become of
// it, and that importing it again adds nothing.
func FuzzWrite(f *testing.F) {
	for _, name := range []string{"../anope/testdata/anope.db", "../atheme/testdata/services.db", "../ergo/testdata/ircd.db"} {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		n := readAny(b)
		if n == nil || len(n.Accounts) > 50 || len(n.Channels) > 50 {
			return
		}
		st, err := bunt.Open(bunt.Memory)
		if err != nil {
			t.Fatal(err)
		}
		defer st.Close()
		o := options(st)
		o.Accounts.Names = casemap.Precis
		if _, err := Write(ctx, n, o); err != nil {
			t.Fatalf("the import fails: %v", err)
		}
		starts(t, st)
		before := len(all(t, st))
		r, err := Write(ctx, readAny(b), o)
		if err != nil || len(all(t, st)) != before {
			t.Errorf("a second import: %v, %d records of %d; %s", err, len(all(t, st)), before, counts(r))
		}
	})
}

func readAny(b []byte) *migrate.Network {
	for _, s := range []struct {
		like func([]byte) bool
		read func([]byte) (*migrate.Network, error)
	}{
		{anope.Like, func(b []byte) (*migrate.Network, error) { return anope.Read(bytes.NewReader(b)) }},
		{atheme.Like, func(b []byte) (*migrate.Network, error) { return atheme.Read(bytes.NewReader(b)) }},
		{ergo.Like, func(b []byte) (*migrate.Network, error) { return ergo.Read(bytes.NewReader(b)) }},
	} {
		if !s.like(b) {
			continue
		}
		if n, err := s.read(b); err == nil {
			return n
		}
	}
	return nil
}

// starts checks that what reads the records when a server starts, does.
func starts(t *testing.T, st store.Store) {
	t.Helper()
	o := options(st).Accounts
	o.Names = casemap.Precis
	a, err := accounts.Open(ctx, st, o)
	if err != nil {
		t.Fatal(err)
	}
	a.Close()
	ch, err := chanreg.Open(ctx, st, o.Names, slog.Default())
	if err != nil {
		t.Fatal(err)
	}
	ch.Close()
	b, err := bans.Open(ctx, st, o.Names, "u", slog.Default())
	if err != nil {
		t.Fatal(err)
	}
	b.Close()
}
