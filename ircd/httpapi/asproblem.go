package httpapi

import (
	"context"
	"errors"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/store"
)

// kinds say which errors of other packages are what kind of problem. The first that fits
// counts.
var kinds = []struct {
	err     error
	problem Problem
}{
	{accounts.ErrNotFound, NotFound},
	{accounts.ErrNoSuch, NotFound},
	{chanreg.ErrNotFound, NotFound},
	{bans.ErrNotFound, NotFound},
	{accounts.ErrExists, Conflict},
	{accounts.ErrConfusable, Conflict},
	{accounts.ErrReserved, Conflict},
	{accounts.ErrElsewhere, Conflict},
	{accounts.ErrAlready, Conflict},
	{accounts.ErrName, Invalid},
	{accounts.ErrPassword, Invalid},
	{accounts.ErrEmail, Invalid},
	{accounts.ErrThrottled, Throttled},
	{accounts.ErrBusy, Unavailable},
	{accounts.ErrAuthority, Unavailable},
	{store.ErrUnavailable, Unavailable},
	{context.DeadlineExceeded, Unavailable},
	{context.Canceled, Unavailable},
}

// asProblem returns what kind of problem an error is. What nobody has foreseen is a
// mistake of ours, about which the client is told nothing.
func asProblem(err error) Problem {
	var p Problem
	if errors.As(err, &p) {
		return p
	}
	var target *bans.Error
	if errors.As(err, &target) {
		return Invalid.Because("%s", target.Error()).In("target")
	}
	var reply numerics.Reply
	if errors.As(err, &reply) {
		return Conflict.Because("%s", reply.Last().String())
	}
	var fail numerics.Fail
	if errors.As(err, &fail) {
		return Conflict.Because("%s", fail.Said().String())
	}
	for _, k := range kinds {
		if errors.Is(err, k.err) {
			return k.problem.Because("%s.", err.Error())
		}
	}
	return Internal
}
