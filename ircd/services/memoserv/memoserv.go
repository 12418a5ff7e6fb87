// Package memoserv implements MemoServ, by which people leave each other short texts to
// be read later. Its commands are a file each, or a file for a few that are alike.
//
// A memo is for an account, not for a nick or a client: its owner is told of it on
// whatever server they are, or come to. What is kept is in package memos.
package memoserv

import (
	"context"
	"errors"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/memos"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/store"
)

// Service is MemoServ.
var Service = &dispatch.Service{
	Nick:     "MemoServ",
	Aliases:  []string{"MS"},
	About:    "MemoServ keeps short texts for people who have an account, until they read them.",
	Commands: dispatch.Table{},
	Groups: []dispatch.Group{
		{Title: "To read memos:", Commands: []string{"LIST", "READ", "FORGET"}},
		{Title: "To leave memos:", Commands: []string{"SEND", "REPLY", "FORWARD", "SENDOPS", "CHECK", "CANCEL"}},
		{Title: "How you get them:", Commands: []string{"INFO", "SET", "IGNORE"}},
	},
}

func add(c dispatch.Command, names ...string) bool { return Service.Commands.Add(c, names...) }

// no is a refusal.
func no(text lang.Text, words ...any) error { return numerics.Fail{Text: text, Words: words} }

// own returns the client's account.
func own(r *dispatch.Request) (*accounts.Account, error) {
	a := r.Server.Accounts.Lookup(r.Account())
	switch {
	case !r.Server.Config().Memos.Enabled:
		return nil, no("Memos are turned off on this network.")
	case r.Account() == "" || a == nil:
		return nil, no("Log in to your account first. If you have none, NickServ registers one.")
	}
	return a, nil
}

// box returns the client's account and what is kept of it.
func box(r *dispatch.Request) (a *accounts.Account, rec memos.Record, err error) {
	if a, err = own(r); err != nil {
		return a, rec, err
	}
	err = keep(r, func(ctx context.Context) (err error) {
		rec, err = r.Server.Memos.Of(ctx, a.Name, a.ID)
		return err
	})
	return a, rec, err
}

// change changes what is kept of an account, which is durable then.
func change(r *dispatch.Request, a *accounts.Account, f func(rec *memos.Record) error) error {
	return keep(r, func(ctx context.Context) error { return r.Server.Memos.Change(ctx, a.Name, a.ID, f) })
}

// keep waits for the store.
func keep(r *dispatch.Request, f func(ctx context.Context) error) error {
	err := r.Wait(f)
	if errors.Is(err, store.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, store.ErrConflict) {
		return no("This could not be stored just now. Try again later.")
	}
	return err
}

// same reports whether two names are those of one account.
func same(r *dispatch.Request, a, b string) bool { return r.Server.Network.World.Mapping.Equal(a, b) }
