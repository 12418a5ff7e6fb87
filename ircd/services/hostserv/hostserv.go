// Package hostserv implements HostServ, by which people get hosts that others see
// instead of their address. Its commands are a file each, or a file for a few that are
// alike.
//
// What is kept is in package vhosts; who sees which host is decided by package dispatch,
// so that it is the same however somebody logs in.
package hostserv

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/vhosts"
)

// Service is HostServ.
var Service = &dispatch.Service{
	Nick:     "HostServ",
	Aliases:  []string{"HS"},
	About:    "HostServ gives you a host that others see instead of your address.",
	Commands: dispatch.Table{},
	Groups: []dispatch.Group{
		{Title: "Your host:", Commands: []string{"OFFERLIST", "TAKE", "REQUEST", "CANCEL", "STATUS", "ON", "OFF"}},
		{Title: "For operators of the network:", Commands: []string{"WAITING", "APPROVE", "REJECT", "SET", "DEL", "LIST", "OFFER", "UNOFFER"}},
	},
}

func add(c dispatch.Command, names ...string) bool { return Service.Commands.Add(c, names...) }

// no is a refusal.
func no(text lang.Text, words ...any) error { return numerics.Fail{Text: text, Words: words} }

// own returns the client's account and what is kept of it, which may be nil.
func own(r *dispatch.Request) (*accounts.Account, *vhosts.Record, error) {
	a := r.Server.Accounts.Lookup(r.Account())
	switch {
	case !r.Server.Config().VHosts.Enabled:
		return nil, nil, no("Hosts are turned off on this network.")
	case r.Account() == "" || a == nil:
		return nil, nil, no("Log in to your account first. If you have none, NickServ registers one.")
	}
	return a, r.Server.VHosts.Of(a.Name, a.ID), nil
}

// named returns the account that a parameter names.
func named(r *dispatch.Request, i int) (*accounts.Account, *vhosts.Record, error) {
	a := r.Server.Accounts.Lookup(r.Param(i))
	if a == nil {
		return nil, nil, no("There is no account %s.", r.Param(i))
	}
	return a, r.Server.VHosts.Of(a.Name, a.ID), nil
}

// acceptable refuses what cannot be a host, whoever wants it.
func acceptable(r *dispatch.Request, host string) error {
	switch r.Server.HostRules().Check(host) {
	case vhosts.BadForm:
		return no("%s cannot be a host: that is parts of letters, digits, hyphens and underscores, with dots or slashes between them, of at most {%d character|%d characters}.", casemap.Truncate(host, 100), casemap.MaxHost)
	case vhosts.Single:
		return no("A host has two parts or more, such as user/alice or tea.example.")
	case vhosts.Address:
		return no("%s looks like an address.", host)
	case vhosts.Cloak:
		return no("%s looks like a hidden address.", host)
	case vhosts.Taken:
		return no("%s looks like a host that stands for something else.", host)
	}
	return nil
}

// change changes what is kept of an account, which is durable then, and shows others the
// host that follows from it.
func change(r *dispatch.Request, a *accounts.Account, f func(rec *vhosts.Record) error) error {
	before := ""
	if err := keep(r, func(ctx context.Context) error {
		return r.Server.VHosts.Change(ctx, a.Name, a.ID, func(rec *vhosts.Record) error {
			before = rec.Shown()
			return f(rec)
		})
	}); err != nil {
		return err
	}
	r.Server.FollowVHost(a.Name, before)
	return nil
}

// keep waits for a change of the store.
func keep(r *dispatch.Request, f func(ctx context.Context) error) error {
	err := r.Wait(f)
	if errors.Is(err, store.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, store.ErrConflict) {
		return no("This could not be stored just now. Try again later.")
	}
	return err
}

// give makes a host that of an account.
func give(rec *vhosts.Record, host, by string, now time.Time) {
	rec.Host, rec.Off, rec.By, rec.Since, rec.Refused = host, false, by, now, nil
	if rec.Wanted == host {
		rec.Wanted = ""
	}
}

// operator returns the name under which the client is an operator.
func operator(r *dispatch.Request) string { return r.User.Identity().Oper.Name }

// note keeps what an operator has done.
func note(r *dispatch.Request, on, what string) { r.Audit(audit.VHost, on, what) }

// tell tells those who are logged in to an account something, wherever they are.
func tell(r *dispatch.Request, account string, text lang.Text, words ...any) {
	for _, u := range r.Server.Network.World.Users() {
		if u != r.User && r.Server.Network.World.Mapping.Equal(u.Account(), account) {
			r.Server.Network.Notify(network.Actor{Service: Service.Source()}, u, text, words...)
		}
	}
}

// reserved returns the part of a host that only operators give, or "".
func reserved(r *dispatch.Request, host string) string {
	m := r.Server.Network.World.Mapping
	for _, part := range strings.FieldsFunc(host, func(c rune) bool { return strings.ContainsRune("./-_", c) }) {
		if slices.ContainsFunc(r.Server.Config().VHosts.Reserved, func(word string) bool {
			return m.Skeleton(word) == m.Skeleton(part)
		}) {
			return part
		}
	}
	return ""
}
