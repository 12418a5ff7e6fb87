package memoserv

import (
	"context"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/memos"
)

var (
	_ = add(dispatch.Command{
		Name:  "CHECK",
		Usage: "<account>",
		Help:  "Says whether the last memo that you have left for somebody has been read.",
		Cost:  2,
		Run:   check,
	})
	_ = add(dispatch.Command{
		Name:  "CANCEL",
		Usage: "<account>",
		Help:  "Takes back the last memo that you have left for somebody, unless it has been read.",
		Cost:  2,
		Run:   cancel,
	})
)

// last returns the last of the memos that somebody has sent, or nil.
func last(rec *memos.Record, from *accounts.Account) *memos.Memo {
	for i := len(rec.Memos) - 1; i >= 0; i-- {
		if m := &rec.Memos[i]; m.FromID == from.ID {
			return m
		}
	}
	return nil
}

func check(r *dispatch.Request) error {
	from, err := own(r)
	if err != nil {
		return err
	}
	to, err := receiver(r, r.Param(0))
	if err != nil {
		return err
	}
	var rec memos.Record
	if err := keep(r, func(ctx context.Context) (err error) {
		rec, err = r.Server.Memos.Of(ctx, to.Name, to.ID)
		return err
	}); err != nil {
		return err
	}
	switch m := last(&rec, from); {
	case m == nil:
		return no("%s has no memo from you, or has removed it.", to.Name)
	case m.Read.IsZero():
		r.Notice("%s has not read the memo that you left, %s. CANCEL takes it back.", to.Name, lang.Date(m.At))
	default:
		r.Notice("%s has read the memo that you left, %s.", to.Name, lang.Date(m.At))
	}
	return nil
}

func cancel(r *dispatch.Request) error {
	from, err := own(r)
	if err != nil {
		return err
	}
	to, err := receiver(r, r.Param(0))
	if err != nil {
		return err
	}
	if err := change(r, to, func(rec *memos.Record) error {
		m := last(rec, from)
		if m == nil || !m.Read.IsZero() {
			return no("%s has no memo from you that is not read yet.", to.Name)
		}
		number := m.Number
		rec.Remove(func(m memos.Memo) bool { return m.Number == number })
		return nil
	}); err != nil {
		return err
	}
	r.Notice("The memo for %s is taken back.", to.Name)
	return nil
}
