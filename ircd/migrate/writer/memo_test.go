package writer

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/memos"
	"github.com/parley-irc/parley/ircd/migrate"
)

// TestMemos tests that memos come along: the last that there is room for, as lines.
func TestMemos(t *testing.T) {
	st := newStore(t)
	o := options(st)
	o.Config.Memos.PerAccount = 3
	alice := account(t, "alice", day(1))
	alice.Memos = []migrate.Memo{
		{From: "bob", Text: "the oldest", Sent: day(2), Read: true},
		{From: "bob", Text: "Tea at four?", Sent: day(3), Read: true},
		{From: "b\x02b", Text: "Bring\r\ncake. " + strings.Repeat("\u00e9", 500), Sent: day(4)},
		{From: "bob", Text: " \n", Sent: day(5)},
	}
	r, err := Write(ctx, &migrate.Network{Accounts: []migrate.Account{alice}}, o)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(said(r), "memos alice: there is no room for the first 1") {
		t.Errorf("it says %q", said(r))
	}
	users, err := accounts.Open(ctx, st, o.Accounts)
	if err != nil {
		t.Fatal(err)
	}
	defer users.Close()
	s, err := memos.Open(ctx, st, casemap.ASCII, slog.Default())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	a := users.Lookup("alice")
	rec, err := s.Of(ctx, "alice", a.ID)
	if err != nil || len(rec.Memos) != 2 || s.News("alice", a.ID) != 1 {
		t.Fatalf("there is %+v, %v", rec, err)
	}
	first, second := rec.Memos[0], rec.Memos[1]
	if first.Text != "Tea at four?" || first.Number != 1 || first.Read.IsZero() || !first.At.Equal(day(3)) {
		t.Errorf("the first is %+v", first)
	}
	if !strings.HasPrefix(second.Text, "Bring") || strings.ContainsAny(second.Text, "\r\n") || len(second.Text) > memos.MaxText || second.From != "bb" {
		t.Errorf("the second is %+v", second)
	}
	if time.Since(second.At) < 0 {
		t.Errorf("it was sent at %v", second.At)
	}
}
