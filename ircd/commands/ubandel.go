package commands

import (
	"context"
	"errors"
	"fmt"

	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/numerics"
)

func ubanDel(r *dispatch.Request) error {
	if r.Server.Bans == nil {
		return noBans
	}
	if b, err := removeID(r, r.Param(1)); err == nil {
		return unbanned(r, b)
	} else if !errors.Is(err, bans.ErrNotFound) {
		return bansUnavailable(err)
	}
	return lift(r, r.Param(1), actionsFor(r.Param(2)))
}

// actionsFor returns the action of a name, or all.
func actionsFor(word string) (all []bans.Action) {
	if a := actionOf(word); a != "" {
		return []bans.Action{a}
	}
	for _, row := range bans.Actions() {
		all = append(all, row.Action)
	}
	return all
}

func removeID(r *dispatch.Request, id string) (b bans.Ban, err error) {
	waited := r.Wait(func(ctx context.Context) error {
		b, err = r.Server.Bans.RemoveID(ctx, id)
		return nil
	})
	if waited != nil {
		return b, waited
	}
	return b, err
}

// lift removes the bans of these actions on a target.
func lift(r *dispatch.Request, text string, actions []bans.Action) error {
	found := false
	for _, a := range actions {
		q, err := bans.Parse(r.Server.Network.World.Mapping, a, text)
		if err != nil {
			if len(actions) == 1 {
				return badTarget(err)
			}
			continue
		}
		var b bans.Ban
		err = r.Wait(func(ctx context.Context) (err error) {
			b, err = r.Server.Bans.Remove(ctx, q)
			return err
		})
		switch {
		case errors.Is(err, bans.ErrNotFound):
		case err != nil:
			return bansUnavailable(err)
		default:
			found = true
			if err := unbanned(r, b); err != nil {
				return err
			}
		}
	}
	if !found {
		return numerics.InvalidParams.Because("There is no such ban on %s; UBAN LIST shows them all", word(text))
	}
	return nil
}

func unbanned(r *dispatch.Request, b bans.Ban) error {
	r.Audit(audit.Unban, b.Target, fmt.Sprintf("%s %s", b.ID, b.Action))
	r.Notice("Ban %s (%s) on %s is removed.", b.ID, string(b.Action), b.Target)
	return nil
}
