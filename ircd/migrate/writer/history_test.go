package writer

import (
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/migrate"
)

// TestHistorian: what was said is kept once, where it belongs, and is nobody's who was not
// there then.
func TestHistorian(t *testing.T) {
	st := newStore(t)
	if _, err := Write(ctx, example(t), options(st)); err != nil { // Alice of day 1, bob of day 2
		t.Fatal(err)
	}
	log := history.New(history.Options{})
	defer log.Close()
	said := func(target, with, account string, at time.Time, id, reply string) *migrate.Said {
		return &migrate.Said{
			Target: target, With: with, Source: account + "!u@host", Account: account, At: at, Seq: int64(len(id)), MsgID: id, ReplyTo: reply,
			Body: event.MessageSent{Command: "PRIVMSG", Text: id},
		}
	}
	for _, tt := range []struct {
		s              *migrate.Said
		buffer, author string
		target         string
	}{
		{said("#TEA", "", "alice", day(5), "one", ""), "#tea", "Alice", "#TEA"},
		{said("#tea", "", "bob", day(6), "three", "one"), "#tea", "bob", "#tea"},
		{said("#tea", "", "bob", day(1), "early", ""), "#tea", "", "#tea"},
		{said("#tea", "", "nobody", day(5), "nobody", ""), "#tea", "", "#tea"},
		{said("alice", "bob", "bob", day(5), "private", ""), "alice bob", "bob", "alice"},
		{said("bob", "alice", "alice", day(6), "back", ""), "alice bob", "Alice", "bob"},
		{said("alice", "bob", "bob", day(1), "before bob", ""), "", "", ""},
		{said("alice", "stranger", "stranger", day(5), "strange", ""), "", "", ""},
		{said("#tea\r", "", "bob", day(5), "bad", ""), "", "", ""},
		{said("#tea", "", "bob", time.Now().Add(time.Hour), "to come", ""), "", "", ""},
	} {
		h, err := NewHistorian(ctx, options(st), log)
		if err != nil {
			t.Fatal(err)
		}
		h.ids["one"] = "there"
		for range 2 {
			if err := h.Add(ctx, tt.s); err != nil {
				t.Fatal(err)
			}
		}
		if err := h.Close(ctx); err != nil {
			t.Fatal(err)
		}
		if kept := tt.buffer != ""; kept && (h.Added != 1 || h.There != 1) || !kept && h.Strange != 2 {
			t.Errorf("%s: %d, %d, %d", tt.s.MsgID, h.Added, h.There, h.Strange)
			continue
		}
		if tt.buffer == "" {
			continue
		}
		_, e, err := log.Find(h.ids[tt.s.MsgID])
		if err != nil {
			t.Errorf("%s: %v", tt.s.MsgID, err)
			continue
		}
		m := e.Body.(event.MessageSent)
		if e.Account != tt.author || m.Target != tt.target || (tt.s.ReplyTo != "") != (len(m.Tags) == 1) {
			t.Errorf("%s is kept as %+v", tt.s.MsgID, e)
		}
	}
	if got := log.Buffers(); len(got) != 2 {
		t.Error(got)
	}
}
