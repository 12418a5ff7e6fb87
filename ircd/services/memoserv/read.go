package memoserv

import (
	"strconv"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/memos"
)

var (
	_ = add(dispatch.Command{
		Name:  "LIST",
		Usage: "[NEW]",
		Help:  "Lists your memos, or those that you have not read.",
		Run:   list,
	})
	_ = add(dispatch.Command{
		Name:  "READ",
		Usage: "[<numbers>|NEW|LAST|ALL]",
		Help:  "Shows memos. Without a number, those that you have not read.",
		More:  []lang.Text{"Numbers are written as 3, 2-5 or 1,4. What is shown stays until you FORGET it."},
		Run:   read,
	})
	_ = add(dispatch.Command{
		Name:  "FORGET",
		Usage: "{<numbers>|READ|ALL}",
		Help:  "Removes memos: those of some numbers, those that you have read, or all.",
		Run:   forget,
	}, "DEL", "DELETE")
)

func list(r *dispatch.Request) error {
	_, rec, err := box(r)
	if err != nil {
		return err
	}
	onlyNew := r.Param(0) != ""
	if onlyNew && !is(r.Param(0), "NEW") {
		return no("Write LIST, or LIST NEW.")
	}
	for _, m := range rec.Memos {
		switch {
		case m.Read.IsZero():
			r.Notice("%d: from %s, %s, new", m.Number, about(m), lang.Date(m.At))
		case !onlyNew:
			r.Notice("%d: from %s, %s", m.Number, about(m), lang.Date(m.At))
		}
	}
	r.Notice("You have {%d memo|%d memos}; new: %d.", len(rec.Memos), rec.Unread())
	return nil
}

func is(word, name string) bool { return casemap.ASCII.Equal(word, name) }

// a choice tells which memos are meant.
type choice func(m memos.Memo) bool

// chosen reads which memos are meant. It is nil if that cannot be read.
func chosen(rec memos.Record, word string) choice {
	switch {
	case is(word, "ALL"):
		return func(memos.Memo) bool { return true }
	case is(word, "NEW"):
		return func(m memos.Memo) bool { return m.Read.IsZero() }
	case is(word, "READ"):
		return func(m memos.Memo) bool { return !m.Read.IsZero() }
	case is(word, "LAST"):
		return func(m memos.Memo) bool { return m.Number == rec.Memos[len(rec.Memos)-1].Number }
	}
	return numbers(word)
}

// numbers reads "3", "2-5" and "1,4-6".
func numbers(word string) choice {
	type span struct{ first, last int }
	var spans []span
	for part := range strings.SplitSeq(word, ",") {
		first, last, isSpan := strings.Cut(part, "-")
		if !isSpan {
			last = first
		}
		a, err := strconv.Atoi(first)
		b, err2 := strconv.Atoi(last)
		if err != nil || err2 != nil || a < 1 || b < a {
			return nil
		}
		spans = append(spans, span{a, b})
	}
	return func(m memos.Memo) bool {
		for _, s := range spans {
			if s.first <= m.Number && m.Number <= s.last {
				return true
			}
		}
		return false
	}
}

// numbered returns the memo of a number.
func numbered(rec memos.Record, word string) (memos.Memo, error) {
	n, err := strconv.Atoi(word)
	for _, m := range rec.Memos {
		if err == nil && m.Number == n {
			return m, nil
		}
	}
	return memos.Memo{}, no("You have no memo %s.", word)
}

func read(r *dispatch.Request) error {
	a, rec, err := box(r)
	if err != nil {
		return err
	}
	word := r.Param(0)
	if word == "" {
		word = "NEW"
	}
	meant := chosen(rec, word)
	if meant == nil {
		return no("Write numbers such as 3, 2-5 or 1,4, or NEW, LAST or ALL.")
	}
	shown, unread := 0, false
	for _, m := range rec.Memos {
		if meant(m) {
			r.Notice("%d: from %s, %s", m.Number, about(m), lang.Date(m.At))
			r.Notice(lang.Verbatim, m.Text)
			shown++
			unread = unread || m.Read.IsZero()
		}
	}
	if shown == 0 {
		return no("There are no such memos. LIST lists those that you have.")
	}
	if !unread {
		return nil
	}
	last, now := rec.Memos[len(rec.Memos)-1], r.Server.Now()
	return change(r, a, func(rec *memos.Record) error { // which may have got others meanwhile
		mark(rec, func(m memos.Memo) bool { return meant(m) && !m.At.After(last.At) }, now)
		return nil
	})
}

func mark(rec *memos.Record, meant choice, now time.Time) {
	for i, m := range rec.Memos {
		if m.Read.IsZero() && meant(m) {
			rec.Memos[i].Read = now
		}
	}
}

func forget(r *dispatch.Request) error {
	a, rec, err := box(r)
	if err != nil {
		return err
	}
	meant := chosen(rec, r.Param(0))
	if meant == nil || is(r.Param(0), "NEW") {
		return no("Write numbers such as 3, 2-5 or 1,4, or READ, LAST or ALL.")
	}
	var known int
	if n := len(rec.Memos); n > 0 {
		known = rec.Memos[n-1].Number
	}
	gone := 0
	if err := change(r, a, func(rec *memos.Record) error { // what has come meanwhile is not meant
		gone = rec.Remove(func(m memos.Memo) bool { return m.Number <= known && meant(m) })
		return nil
	}); err != nil {
		return err
	}
	if gone == 0 {
		return no("There are no such memos. LIST lists those that you have.")
	}
	r.Notice("{%d memo is|%d memos are} removed.", gone)
	return nil
}
