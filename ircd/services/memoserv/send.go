package memoserv

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/memos"
)

var (
	_ = add(dispatch.Command{
		Name:  "SEND",
		Usage: "<account> <text>",
		Help:  "Leaves a memo for the owner of an account, who is told of it at once or on coming back.",
		Cost:  3,
		Run:   func(r *dispatch.Request) error { return send(r, r.Param(0), r.Rest(1)) },
	})
	_ = add(dispatch.Command{
		Name:  "REPLY",
		Usage: "<number> <text>",
		Help:  "Answers a memo: leaves one for who has sent it.",
		Cost:  3,
		Run:   reply,
	})
	_ = add(dispatch.Command{
		Name:  "FORWARD",
		Usage: "<number> <account>",
		Help:  "Sends a memo on to the owner of another account, with the name of who wrote it.",
		Cost:  3,
		Run:   forward,
	})
	_ = add(dispatch.Command{
		Name:  "SENDOPS",
		Usage: "<channel> <text>",
		Help:  "Leaves a memo for all who are operators of a registered channel. It takes access to the channel.",
		Cost:  10,
		Run:   sendOps,
	})
)

func send(r *dispatch.Request, to, text string) error {
	from, err := own(r)
	if err != nil {
		return err
	}
	a, err := receiver(r, to)
	if err != nil {
		return err
	}
	if err := allowed(r, from, text, 1); err != nil {
		return err
	}
	if err := leave(r, from, a, "", text); err != nil {
		return err
	}
	r.Notice("The memo for %s is kept.", a.Name)
	return nil
}

// receiver returns the account that a word names: its name, one of its nicks, or the
// nick of somebody who is logged in to it.
func receiver(r *dispatch.Request, word string) (*accounts.Account, error) {
	if strings.HasPrefix(word, "#") {
		return nil, no("A memo is for an account. SENDOPS leaves one for the operators of a channel.")
	}
	a := r.Server.Accounts.Lookup(word)
	if a == nil {
		if u := r.Server.Network.World.User(word); u != nil && u.Account() != "" {
			a = r.Server.Accounts.Lookup(u.Account())
		}
	}
	if a == nil || !a.Verified {
		return nil, no("There is no account %s.", word)
	}
	return a, nil
}

// allowed refuses what cannot be a memo, and those who have sent too many.
func allowed(r *dispatch.Request, from *accounts.Account, text string, many int) error {
	limit := r.Server.Config().Memos.PerHour
	switch {
	case strings.TrimSpace(text) == "":
		return no("There is no text.")
	case len(text) > memos.MaxText:
		return no("A memo has {%d byte|%d bytes} at most; this one has %d.", memos.MaxText, len(text))
	case limit > 0 && !r.Server.MemosSent.Below(string(from.Folded), limit-many+1):
		return no("You have sent as many memos as one may within an hour: %d.", limit)
	}
	for range many {
		r.Server.MemosSent.Count(string(from.Folded))
	}
	return nil
}

// leave leaves a memo, and lets its receiver know.
func leave(r *dispatch.Request, from, to *accounts.Account, channel, text string) error {
	m := memos.Memo{From: from.Name, FromID: from.ID, Channel: channel, At: r.Server.Now(), Text: text}
	err := keep(r, func(ctx context.Context) error { return r.Server.LeaveMemo(ctx, to, m) })
	switch {
	case errors.Is(err, memos.ErrFull):
		return no("%s has as many memos as one may have, and gets no more until some are removed.", to.Name)
	case errors.Is(err, memos.ErrClosed), errors.Is(err, memos.ErrIgnored):
		return no("%s wants no memos from you.", to.Name)
	}
	return err
}

func reply(r *dispatch.Request) error {
	_, rec, err := box(r)
	if err != nil {
		return err
	}
	m, err := numbered(rec, r.Param(0))
	if err != nil {
		return err
	}
	a := r.Server.Accounts.Lookup(m.From)
	if imported := m.FromID == ""; a == nil || a.ID != m.FromID && !imported {
		return no("Nobody is called %s any more who could read it.", m.From)
	}
	return send(r, m.From, r.Rest(1))
}

func forward(r *dispatch.Request) error {
	_, rec, err := box(r)
	if err != nil {
		return err
	}
	m, err := numbered(rec, r.Param(0))
	if err != nil {
		return err
	}
	text := r.Server.Network.Words("[from %s] %s", m.From, m.Text)
	if len(text) > memos.MaxText {
		text = m.Text
	}
	return send(r, r.Param(1), text)
}

// mostOps is for how many people a memo can be left at once.
const mostOps = 100

func sendOps(r *dispatch.Request) error {
	from, err := own(r)
	if err != nil {
		return err
	}
	if r.Server.Channels == nil {
		return no("%s is not registered.", r.Param(0))
	}
	rec := r.Server.Channels.Lookup(r.Param(0))
	if r.Server.FlagsIn(rec, from.Name) == "" {
		return no("You have no access to %s.", r.Param(0))
	}
	to := operators(r, rec, from)
	if len(to) == 0 {
		return no("%s has no other operators.", rec.Name)
	}
	if err := allowed(r, from, r.Rest(1), len(to)); err != nil {
		return err
	}
	kept := 0
	for _, a := range to {
		if err := leave(r, from, a, rec.Name, r.Rest(1)); err != nil {
			if err := r.Decline(err); err != nil {
				return err
			}
			continue
		}
		kept++
	}
	r.Notice("The memo is kept for {%d operator|%d operators} of %s.", kept, rec.Name)
	return nil
}

// operators returns the accounts that are operators of a channel, but for one.
func operators(r *dispatch.Request, rec *chanreg.Record, but *accounts.Account) (all []*accounts.Account) {
	names := []string{rec.Founder}
	for _, g := range rec.Access {
		names = append(names, g.Account)
	}
	slices.Sort(names)
	for _, name := range names {
		flags := r.Server.FlagsIn(rec, name)
		if !flags.Has(chanreg.Op) && !flags.Has(chanreg.AutoOp) {
			continue
		}
		if a := r.Server.Accounts.Lookup(name); a != nil && a.ID != but.ID && len(all) < mostOps {
			all = append(all, a)
		}
	}
	return all
}

// about returns from whom a memo is, as people read it.
func about(m memos.Memo) lang.Phrase {
	if m.Channel == "" {
		return lang.Verbatim.With(m.From)
	}
	return lang.Text("%[1]s (to the operators of %[2]s)").With(m.From, m.Channel)
}
